"""Instrumentation scopes: which library made a span, by language and protocol."""

from dataclasses import dataclass
from functools import cache

from telemetry_generator.tables import read_table
from telemetry_generator.world.model import Protocol


@dataclass(frozen=True, slots=True)
class Scope:
    """An instrumentation library, or a service's own tracer."""

    name: str
    version: str


OWN_TRACER = Scope("io.stampede.shop", "1.0.0")
"""The tracer of the services' own code."""


def scope_of(language: str, protocol: Protocol) -> Scope:
    """Return the library that traces `protocol` in services written in `language`."""
    return _libraries().get((language, protocol), OWN_TRACER)


@cache
def _libraries() -> dict[tuple[str, str], Scope]:
    return {
        (row["language"], row["protocol"]): Scope(row["name"], row["version"])
        for row in read_table("instrumentation_scopes")
    }
