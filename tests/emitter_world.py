"""A small system with machines and pods: where metrics come from in tests."""

from dataclasses import replace

from span_samples import sample_topology
from telemetry_generator.world.infrastructure import Cluster, Infrastructure, Node, Pod
from telemetry_generator.world.model import Instance, ServiceNode, Topology
from telemetry_generator.world.resources import Resource

_CALLEES = {0: (1, 2, 5), 1: (3, 4, 6), 6: (7,)}
_CLUSTER = ("k8s.cluster.name", "test-1")
_NAMESPACE = ("k8s.namespace.name", "shop")


def metric_topology(nodes: int = 2) -> Topology:
    """Eight services of all kinds on `nodes` machines: two pods each, of stores one."""
    topology = sample_topology()
    pods: list[Pod] = []
    instances: list[Instance] = []
    for service in topology.services:
        for replica in range(max(1, len(service.instances))):
            number = len(pods)
            pods.append(_pod(number, number % nodes, service, replica))
            if service.instances:
                instance = topology.instances[service.instances[replica]]
                instances.append(replace(instance, pod=number))
    cluster = Cluster(0, "test-1", Resource((_CLUSTER,)))
    machines = tuple(_node(number) for number in range(nodes))
    infrastructure = Infrastructure((cluster,), machines, tuple(pods))
    return replace(
        topology,
        services=tuple(
            replace(service, callees=_CALLEES.get(service.number, ()))
            for service in topology.services
        ),
        instances=tuple(instances),
        infrastructure=infrastructure,
        is_explicit=False,
    )


def _node(number: int) -> Node:
    name = f"node-{number}"
    host = Resource((("host.name", name), ("host.id", f"i-{number:04x}")))
    return Node(number, 0, name, host, Resource((_CLUSTER, ("k8s.node.name", name))))


def _pod(number: int, node: int, service: ServiceNode, replica: int) -> Pod:
    kind = "statefulset" if service.is_silent else "deployment"
    attributes = (
        _CLUSTER,
        _NAMESPACE,
        ("k8s.node.name", f"node-{node}"),
        ("k8s.pod.name", f"{service.name}-{replica}"),
        ("k8s.pod.uid", f"uid-{service.name}-{replica}"),
        (f"k8s.{kind}.name", service.name),
        (f"k8s.{kind}.uid", f"uid-{service.name}"),
    )
    container = (*attributes, ("container.id", f"{number:064x}"))
    return Pod(number, node, service.number, Resource(attributes), Resource(container))
