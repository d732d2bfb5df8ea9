"""Outlines: what is known of a service before anything is numbered, connected or placed."""

from dataclasses import dataclass

from telemetry_generator.keyed import Stream
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import SILENT, Fault, Latency, Protocol, ServiceKind
from telemetry_generator.world.systems import System

LANGUAGES = ("java", "go", "python", "nodejs", "dotnet")
"""What services are written in, as `telemetry.sdk.language` has it."""
DEFAULT_NAMESPACE = "shop"


@dataclass(frozen=True, slots=True)
class Outline:
    """A service by its name: what it is and how it is deployed."""

    name: str
    kind: ServiceKind
    namespace: str
    language: str
    version: str
    replicas: int
    system: System | None = None
    attributes: Attributes = ()
    """Further attributes of its resources, from the configuration."""

    @property
    def is_silent(self) -> bool:
        """Whether it emits no spans of its own."""
        return self.kind in SILENT


@dataclass(frozen=True, slots=True)
class Offer:
    """An operation before it is numbered; `name` is how the configuration refers to it."""

    name: str
    protocol: Protocol
    method: str
    target: str
    latency: Latency
    error_per_million: int
    fault: Fault
    weight: int = 1
    text: str = ""
    attributes: Attributes = ()


def default_language(seed: int, service: str) -> str:
    """Return the language of a service that the configuration says nothing about."""
    return Stream(seed, "language", service).pick(LANGUAGES)


def default_version(seed: int, service: str) -> str:
    """Return the version of a service that the configuration says nothing about."""
    stream = Stream(seed, "version", service)
    return f"{1 + stream.below(4)}.{stream.below(20)}.{stream.below(10)}"
