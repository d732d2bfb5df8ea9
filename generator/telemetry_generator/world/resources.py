"""Resources: who emits telemetry. The same identity stands on spans, metrics and logs."""

from dataclasses import dataclass

from telemetry_generator.keyed import Stream
from telemetry_generator.world.attributes import Attributes, Value

NAMESPACE = "shop"
CLUSTER = "shop-prod"
REPLICAS = 3
"""Instances that every service runs."""

LANGUAGES = ("java", "go", "python")
"""What services are written in."""

_HEX = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One emitter of telemetry; compared by identity, so it can key a cache."""

    attributes: Attributes

    def __getitem__(self, key: str) -> Value:
        return dict(self.attributes)[key]


def host_name(number: int) -> str:
    """Return the name of machine `number`, counted from 0."""
    return f"node-{number + 1:03d}"


def hosts_for(services: int) -> int:
    """Return how many machines run this many services."""
    return min(64, max(2, services * REPLICAS // 6))


def service_instances(seed: int, service: str, hosts: int) -> tuple[Resource, ...]:
    """Return the resource of each replica of `service`, spread over `hosts` machines."""
    stream = Stream(seed, "instances", service)
    version = f"{1 + stream.below(4)}.{stream.below(20)}.{stream.below(10)}"
    revision = f"{stream.bits() & _HEX:08x}"
    shared: Attributes = (
        ("service.name", service),
        ("service.namespace", NAMESPACE),
        ("service.version", version),
        ("telemetry.sdk.name", "opentelemetry"),
        ("telemetry.sdk.language", stream.pick(LANGUAGES)),
        ("telemetry.sdk.version", "1.38.0"),
        ("deployment.environment.name", "production"),
        ("k8s.namespace.name", NAMESPACE),
    )
    return tuple(
        Resource((*shared, *_replica(f"{service}-{revision}", hosts, stream)))
        for _ in range(REPLICAS)
    )


def _replica(deployment: str, hosts: int, stream: Stream) -> Attributes:
    return (
        ("service.instance.id", _uuid(stream)),
        ("host.name", host_name(stream.below(hosts))),
        ("k8s.pod.name", f"{deployment}-{stream.bits() & 0xFFFFF:05x}"),
    )


def _uuid(stream: Stream) -> str:
    """Return a version 4 UUID (RFC 9562, section 5.4)."""
    high, low = stream.bits(), stream.bits()
    text = f"{high:016x}{low:016x}"
    variant = "89ab"[low >> 62]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def host(number: int) -> Resource:
    """Return the resource of machine `number`."""
    name = host_name(number)
    return Resource(
        (
            ("host.name", name),
            ("host.id", f"i-{0x0F3A_0000 + number * 0x9E37:012x}"),
            ("host.arch", "amd64"),
            ("os.type", "linux"),
            ("os.version", "6.12"),
            ("cloud.availability_zone", f"eu-central-1{'abc'[number % 3]}"),
            ("deployment.environment.name", "production"),
        )
    )


def kubelet(number: int) -> Resource:
    """Return the resource of the Kubernetes node on machine `number`: it reports its pods."""
    name = host_name(number)
    return Resource(
        (
            ("k8s.cluster.name", CLUSTER),
            ("k8s.node.name", name),
            ("host.name", name),
            ("deployment.environment.name", "production"),
        )
    )


def cluster() -> Resource:
    """Return the resource of the Kubernetes cluster."""
    return Resource((("k8s.cluster.name", CLUSTER), ("deployment.environment.name", "production")))
