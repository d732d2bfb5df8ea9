"""Clusters and nodes: each from a key of its own, so that more of them change none of the first."""

from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.clouds import Cloud
from telemetry_generator.world.identifiers import uuid
from telemetry_generator.world.infrastructure import Cluster, Node
from telemetry_generator.world.resources import Resource


def build_clusters(config: InfrastructureConfig, cloud: Cloud, seed: int) -> tuple[Cluster, ...]:
    """Return the configured number of clusters."""
    return tuple(_cluster(config, number, cloud, seed) for number in range(config.clusters))


def build_nodes(
    clusters: tuple[Cluster, ...], count: int, config: InfrastructureConfig, cloud: Cloud, seed: int
) -> tuple[Node, ...]:
    """Return `count` nodes for each cluster, by turns: the first of each, then the second."""
    return tuple(
        _node(
            number, clusters[number % len(clusters)], number // len(clusters), config, cloud, seed
        )
        for number in range(count * len(clusters))
    )


def _cluster(config: InfrastructureConfig, number: int, cloud: Cloud, seed: int) -> Cluster:
    name = f"{config.environment}-{number + 1}"
    stream = Stream(seed, "cluster", number)
    resource = Resource(
        (
            ("k8s.cluster.name", name),
            ("k8s.cluster.uid", uuid(stream)),
            *cloud.attributes,
            ("deployment.environment.name", config.environment),
        )
    )
    return Cluster(number, name, resource)


def _node(
    number: int,
    cluster: Cluster,
    index: int,
    config: InfrastructureConfig,
    cloud: Cloud,
    seed: int,
) -> Node:
    """Return node `index` of the cluster, whatever its number is among all of them."""
    stream = Stream(seed, "node", cluster.number, index)
    name = f"{cluster.name}-node-{index + 1:03d}"
    shared = (
        ("host.id", cloud.host_id(stream)),
        ("cloud.availability_zone", cloud.zones[index % len(cloud.zones)]),
        ("deployment.environment.name", config.environment),
    )
    address = f"10.{cluster.number}.{index // 250}.{4 + index % 250}"
    host = _host(name, stream.pick(cloud.machines), address, cloud)
    node = _kubelet(name, uuid(stream), cluster)
    return Node(
        number, cluster.number, name, Resource((*host, *shared)), Resource((*node, *shared))
    )


def _host(name: str, machine: str, address: str, cloud: Cloud) -> Attributes:
    return (
        ("host.name", name),
        ("host.type", machine),
        ("host.arch", "amd64"),
        ("host.ip", (address,)),
        ("os.type", "linux"),
        ("os.version", cloud.kernel),
        ("os.description", cloud.system),
        *cloud.attributes,
    )


def _kubelet(name: str, uid: str, cluster: Cluster) -> Attributes:
    return (
        ("k8s.cluster.name", cluster.name),
        ("k8s.cluster.uid", cluster.resource["k8s.cluster.uid"]),
        ("k8s.node.name", name),
        ("k8s.node.uid", uid),
    )
