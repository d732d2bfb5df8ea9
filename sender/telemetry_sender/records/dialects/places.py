"""Where an event comes from, as its resource says."""

import re
from typing import NamedTuple

from telemetry_sender.events.model import Resource
from telemetry_sender.records.dialects.given import first_of
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.json_text import member
from telemetry_sender.records.value_text import value_text

_IS_NAME = re.compile(r"host\.name|k8s\.\w+\.name").fullmatch


class Place(NamedTuple):
    """Where something ran."""

    service: str | None
    version: str | None
    host: str | None
    environment: str | None


def place_of(resource: Resource) -> Place:
    """Return where a resource says that it ran."""
    said = resource.attributes
    environment = first_of(said, "deployment.environment.name", "deployment.environment")
    return Place(
        service=service_of(resource),
        version=value_text(said.get("service.version")),
        host=value_text(said.get("host.name")),
        environment=value_text(environment),
    )


def service_of(resource: Resource) -> str | None:
    """Return the name of the service; None where the resource has none."""
    return value_text(resource.attributes.get("service.name")) or None


def instance_of(resource: Resource) -> str | None:
    """Return what tells a resource apart from others that report the same metrics.

    That is the id of a service's instance, else the names of all that a host or an object of
    Kubernetes lies in and its own, from the outermost on; None where there are no such names.
    """
    said = resource.attributes
    if "service.instance.id" in said:
        return value_text(said["service.instance.id"])
    return "/".join(str(value) for key, value in said.items() if _IS_NAME(key)) or None


def put_service(line: JsonLine, resource: Resource) -> None:
    """Add the name of the service."""
    line.put_shared(_service, resource)


def put_instance(line: JsonLine, resource: Resource) -> None:
    """Add what tells a resource apart."""
    line.put_shared(_instance, resource)


def _service(resource: Resource) -> str:
    return member("service", service_of(resource))


def _instance(resource: Resource) -> str:
    return member("instance", instance_of(resource))
