"""What the services run on: clusters, nodes, pods and their containers."""

from dataclasses import dataclass

from telemetry_generator.world.resources import Resource


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """A Kubernetes cluster; its resource reports metrics of the cluster as a whole."""

    number: int
    name: str
    resource: Resource


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A machine and the Kubernetes node on it."""

    number: int
    cluster: int
    name: str
    host: Resource
    """As a host, with `host.*`, `os.*` and `cloud.*`."""
    node: Resource
    """As a Kubernetes node, with `k8s.*`."""


@dataclass(frozen=True, slots=True, eq=False)
class Pod:
    """A pod with its one container."""

    number: int
    node: int
    service: int
    pod: Resource
    container: Resource


@dataclass(frozen=True, slots=True, eq=False)
class Infrastructure:
    """All clusters, nodes and pods, each at the index of its number."""

    clusters: tuple[Cluster, ...]
    nodes: tuple[Node, ...]
    pods: tuple[Pod, ...]
