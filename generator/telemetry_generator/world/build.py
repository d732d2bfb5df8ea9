"""The whole system from the configuration: services, calls and where it all runs.

Everything about a service, node or pod follows from the seed and its name or number, so that a
larger system begins with the smaller one's.
"""

from collections.abc import Sequence
from itertools import groupby

from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.topology import TopologyConfig
from telemetry_generator.world.default_services import default_services
from telemetry_generator.world.deployment import Deployment, deploy
from telemetry_generator.world.draft import Numbering, ServiceDraft, shares
from telemetry_generator.world.explicit.system import compile_system
from telemetry_generator.world.layered import layered_graph
from telemetry_generator.world.model import Operation, ServiceNode, Topology
from telemetry_generator.world.subscriptions import subscribe


def build_topology(
    services: ServicesConfig,
    topology: TopologyConfig | None,
    infrastructure: InfrastructureConfig,
    seed: int,
) -> Topology:
    """Return the system of the explicit topology, or without one a layered graph of services."""
    if topology is None:
        return _layered(services, infrastructure, seed)
    return _explicit(topology, infrastructure, seed)


def _layered(services: ServicesConfig, infrastructure: InfrastructureConfig, seed: int) -> Topology:
    layers = layered_graph(services, seed)
    drafts = default_services(layers, services, infrastructure, seed)
    numbering = Numbering(drafts)
    subscribe(numbering, drafts)
    by_name = {draft.outline.name: draft for draft in drafts}
    doors = [by_name[name] for name in layers.doors]
    callees = [[numbering.services[name] for name in layers.callees[n]] for n in by_name]
    deployment = deploy([draft.outline for draft in drafts], infrastructure, seed)
    return Topology(
        services=_nodes(drafts, numbering, callees, deployment),
        operations=tuple(numbering.operations),
        instances=deployment.instances,
        ingress=tuple(n for door in layers.doors for n in numbering.endpoints(door)),
        ingress_weights=shares([(1, [offer.weight for offer in d.endpoints]) for d in doors]),
        infrastructure=deployment.infrastructure,
        is_explicit=False,
        max_depth=len(drafts),
    )


def _explicit(
    topology: TopologyConfig, infrastructure: InfrastructureConfig, seed: int
) -> Topology:
    system = compile_system(
        topology.services, topology.ingress, topology.max_depth, infrastructure.replicas, seed
    )
    drafts, numbering = system.drafts, system.numbering
    deployment = deploy([draft.outline for draft in drafts], infrastructure, seed)
    callees = _callees(len(drafts), numbering.operations)
    return Topology(
        services=_nodes(drafts, numbering, callees, deployment),
        operations=tuple(numbering.operations),
        instances=deployment.instances,
        ingress=system.ingress.operations,
        ingress_weights=system.ingress.weights,
        infrastructure=deployment.infrastructure,
        is_explicit=True,
        max_depth=system.max_depth,
        expected_spans=system.expected_spans,
    )


def _callees(services: int, operations: Sequence[Operation]) -> list[list[int]]:
    """Return whom each service calls, in the order in which its operations do."""
    found: list[dict[int, None]] = [{} for _ in range(services)]
    for operation in operations:
        for call in operation.calls:
            callees = (operations[number].service for number in call.operations)
            found[operation.service] |= dict.fromkeys(callees)
    return [
        [callee for callee in callees if callee != service] for service, callees in enumerate(found)
    ]


def _nodes(
    drafts: Sequence[ServiceDraft],
    numbering: Numbering,
    callees: Sequence[Sequence[int]],
    deployment: Deployment,
) -> tuple[ServiceNode, ...]:
    by_service = groupby(deployment.instances, key=lambda instance: instance.service)
    instances = {service: tuple(i.number for i in group) for service, group in by_service}
    return tuple(
        ServiceNode(
            number=number,
            name=draft.outline.name,
            namespace=draft.outline.namespace,
            kind=draft.outline.kind,
            language=draft.outline.language,
            endpoints=tuple(numbering.endpoints(draft.outline.name)),
            weights=tuple(offer.weight for offer in draft.endpoints),
            functions=tuple(numbering.functions(draft.outline.name)),
            callees=tuple(callees[number]),
            instances=instances.get(number, ()),
            system=draft.outline.system.name if draft.outline.system else "",
        )
        for number, draft in enumerate(drafts)
    )
