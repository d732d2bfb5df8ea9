"""What a resource is called."""

from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from telemetry_generator.reading.values import text_of

_NAMES = ("service.name", "k8s.pod.name", "k8s.node.name", "host.name")
UNKNOWN = "unknown"


def service_name(resource: Resource) -> str:
    """Return the service of a resource; of one without a service, its pod, node or host."""
    told = {pair.key: pair.value for pair in resource.attributes if pair.key in _NAMES}
    return next((text_of(told[name]) for name in _NAMES if name in told), UNKNOWN)
