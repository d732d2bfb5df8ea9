"""Pods: the replicas of a service, each with its container and, unless silent, its instance.

The same identifiers stand on all of a pod's resources: what its process reports (spans, logs,
metrics, profiles), and what the node's agent reports about pod and container.
"""

from collections.abc import Sequence
from typing import NamedTuple

from telemetry_generator.keyed import Stream
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.identifiers import hexadecimal, suffix, uuid
from telemetry_generator.world.infrastructure import Cluster, Node
from telemetry_generator.world.outline import Outline
from telemetry_generator.world.resources import Resource

_SDK_VERSIONS = {
    "java": "1.57.0",
    "go": "1.39.0",
    "python": "1.39.1",
    "nodejs": "2.2.0",
    "dotnet": "1.14.0",
}
_REGISTRY = "registry.example.com"
_HASH_LENGTH = 10


class Workload(NamedTuple):
    """What Kubernetes runs for a service: a StatefulSet for a store, else a Deployment."""

    outline: Outline
    environment: str
    revision: str
    """Name of the ReplicaSet; empty for a StatefulSet."""
    attributes: Attributes
    """Those that name the workload, with uids."""


class Replica(NamedTuple):
    """The resources of one replica; `instance` is None where it reports nothing itself."""

    pod: Resource
    container: Resource
    instance: Resource | None


def workload(outline: Outline, environment: str, seed: int) -> Workload:
    """Return the workload that runs this service."""
    stream = Stream(seed, "workload", outline.name)
    name = outline.name
    if outline.is_silent:
        stateful: Attributes = (
            ("k8s.statefulset.name", name),
            ("k8s.statefulset.uid", uuid(stream)),
        )
        return Workload(outline, environment, "", stateful)
    revision = f"{name}-{suffix(stream, _HASH_LENGTH)}"
    deployment: Attributes = (
        ("k8s.deployment.name", name),
        ("k8s.deployment.uid", uuid(stream)),
        ("k8s.replicaset.name", revision),
        ("k8s.replicaset.uid", uuid(stream)),
    )
    return Workload(outline, environment, revision, deployment)


def build_replica(
    load: Workload, number: int, node: Node, clusters: Sequence[Cluster], seed: int
) -> Replica:
    """Return the resources of replica `number`, which runs on `node`."""
    outline = load.outline
    stream = Stream(seed, "pod", outline.name, number)
    name = f"{load.revision}-{suffix(stream, 5)}" if load.revision else f"{outline.name}-{number}"
    where: Attributes = (
        ("k8s.cluster.name", clusters[node.cluster].name),
        ("k8s.namespace.name", outline.namespace),
        ("k8s.node.name", node.name),
    )
    identity: Attributes = (("k8s.pod.name", name), ("k8s.pod.uid", uuid(stream)))
    seen: Attributes = (*where, *identity, *load.attributes, _environment(load))
    container = (*seen, *_container(outline, stream))
    if outline.is_silent:
        return Replica(Resource(seen), Resource(container), None)
    instance = (
        *_service(load, uuid(stream)),
        *where,
        load.attributes[0],
        *identity,
        ("host.name", node.name),
        ("host.id", node.host["host.id"]),
        *outline.attributes,
    )
    return Replica(Resource(seen), Resource(container), Resource(instance))


def _environment(load: Workload) -> tuple[str, str]:
    return ("deployment.environment.name", load.environment)


def _service(load: Workload, instance: str) -> Attributes:
    outline = load.outline
    return (
        ("service.name", outline.name),
        ("service.namespace", outline.namespace),
        ("service.version", outline.version),
        ("service.instance.id", instance),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.language", outline.language),
        ("telemetry.sdk.version", _SDK_VERSIONS[outline.language]),
        _environment(load),
    )


def _container(outline: Outline, stream: Stream) -> Attributes:
    image = f"{_REGISTRY}/{outline.namespace}/{outline.name}"
    return (
        ("k8s.container.name", outline.name),
        ("container.id", hexadecimal(stream, 64)),
        ("container.name", outline.name),
        ("container.image.name", outline.system.image if outline.system else image),
        ("container.image.tags", (outline.version,)),
        ("container.runtime.name", "containerd"),
    )


RESERVED = frozenset(
    {
        "service.name",
        "service.namespace",
        "service.version",
        "service.instance.id",
        "telemetry.sdk.name",
        "telemetry.sdk.language",
        "telemetry.sdk.version",
        "deployment.environment.name",
        "k8s.cluster.name",
        "k8s.namespace.name",
        "k8s.node.name",
        "k8s.deployment.name",
        "k8s.pod.name",
        "k8s.pod.uid",
        "host.name",
        "host.id",
    }
)
"""What a service instance's resource has anyway."""
