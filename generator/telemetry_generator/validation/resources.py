"""Resources of all signals: one entity is described in one way."""

from collections.abc import Mapping

from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from telemetry_generator.reading.values import attributes_of
from telemetry_generator.validation.attributes import key_problem
from telemetry_generator.validation.findings import Findings
from telemetry_generator.validation.kinds import Kind

# What an entity's id settles, by the semantic conventions' resource attributes.
_SETTLED: Mapping[str, tuple[str, ...]] = {
    "service.instance.id": (
        "service.name",
        "service.namespace",
        "k8s.pod.name",
        "k8s.pod.uid",
        "container.id",
        "host.name",
        "host.id",
    ),
    "k8s.pod.uid": ("k8s.pod.name", "k8s.namespace.name", "k8s.node.name", "k8s.cluster.name"),
    "k8s.node.uid": ("k8s.node.name", "k8s.cluster.name"),
    "host.id": ("host.name", "host.arch", "os.type"),
    "container.id": ("k8s.container.name", "k8s.pod.name", "k8s.pod.uid"),
}
_MOST_KNOWN = 1_000_000


class Resources:
    """What is known of the entities so far; shared by the checks of all signals."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._known: dict[tuple[str, str, str], str] = {}
        self._services: dict[bytes, str] = {}

    def service(self, resource: Resource, file: str) -> str:
        """Return the resource's service, empty if it has none; check what is new to us."""
        serialized = resource.SerializeToString()
        found = self._services.get(serialized)
        if found is None:
            found = self._check(resource, file)
            if len(self._services) < _MOST_KNOWN:
                self._services[serialized] = found
        return found

    def _check(self, resource: Resource, file: str) -> str:
        attributes = attributes_of(resource.attributes)
        service = attributes.get("service.name", "")
        if problem := key_problem(resource.attributes):
            self._findings.add(Kind.ATTRIBUTE_KEY, file, f"resource of {service!r}", problem)
        for entity, settled in _SETTLED.items():
            if entity in attributes:
                self._compare(file, entity, attributes, settled)
        return service

    def _compare(
        self, file: str, entity: str, attributes: Mapping[str, str], settled: tuple[str, ...]
    ) -> None:
        identity = attributes[entity]
        for name in settled:
            if name not in attributes or len(self._known) >= _MOST_KNOWN:
                continue
            value = attributes[name]
            known = self._known.setdefault((entity, identity, name), value)
            if known != value:
                problem = f"{name} is {value!r}, elsewhere {known!r}"
                place = f"{entity} {identity}"
                self._findings.add(Kind.RESOURCE_IDENTITY, file, place, problem)
