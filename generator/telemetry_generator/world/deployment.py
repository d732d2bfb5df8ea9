"""Deployment: the pods of all services on the nodes of all clusters, and the instances in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry_common.ids import derive_key
from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.world.clouds import build_cloud
from telemetry_generator.world.infrastructure import Cluster, Infrastructure, Node, Pod
from telemetry_generator.world.machines import build_clusters, build_nodes
from telemetry_generator.world.model import Instance
from telemetry_generator.world.outline import Outline
from telemetry_generator.world.placement import node_keys, nodes_needed, place
from telemetry_generator.world.pods import build_replica, workload


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where everything runs."""

    infrastructure: Infrastructure
    instances: tuple[Instance, ...]


def deploy(outlines: Sequence[Outline], config: InfrastructureConfig, seed: int) -> Deployment:
    """Return clusters, nodes, and a pod for each replica of each service."""
    cloud = build_cloud(config.cloud, seed)
    clusters = build_clusters(config, cloud, seed)
    nodes = build_nodes(clusters, _nodes_of_each(outlines, config), config, cloud, seed)
    pods, instances = _run(outlines, clusters, nodes, config, seed)
    return Deployment(Infrastructure(clusters, nodes, pods), instances)


def _nodes_of_each(outlines: Sequence[Outline], config: InfrastructureConfig) -> int:
    """Return the number of nodes of a cluster: as configured, or enough for all pods."""
    if config.nodes is not None:
        return config.nodes
    needed = max(
        nodes_needed(service, outline.replicas - 1) for service, outline in enumerate(outlines)
    )
    return -(-needed // config.clusters)


def _run(
    outlines: Sequence[Outline],
    clusters: tuple[Cluster, ...],
    nodes: tuple[Node, ...],
    config: InfrastructureConfig,
    seed: int,
) -> tuple[tuple[Pod, ...], tuple[Instance, ...]]:
    """Return the pods, service by service, and the instances in those that are not silent."""
    pods: list[Pod] = []
    instances: list[Instance] = []
    keys = node_keys(seed, len(clusters), len(nodes))
    for service, outline in enumerate(outlines):
        load = workload(outline, config.environment, seed)
        for number in range(outline.replicas):
            limit = len(nodes) if config.nodes else nodes_needed(service, number)
            node = nodes[place(derive_key(seed, "place", outline.name, number), keys[:limit])]
            replica = build_replica(load, number, node, clusters, seed)
            if replica.instance is not None:
                instances.append(Instance(len(instances), service, replica.instance, len(pods)))
            pods.append(Pod(len(pods), node.number, service, replica.pod, replica.container))
    return tuple(pods), tuple(instances)
