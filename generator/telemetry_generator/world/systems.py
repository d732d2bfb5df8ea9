"""Systems: which database, cache or broker a service is, and the image that it runs."""

from dataclasses import dataclass
from functools import cache

from telemetry_generator.tables import read_table
from telemetry_generator.world.model import ServiceKind


@dataclass(frozen=True, slots=True)
class System:
    """A product that stores or passes on data."""

    kind: ServiceKind
    name: str
    """As `db.system.name` or `messaging.system` has it."""
    words: tuple[str, ...]
    """What in a service's name tells it."""
    image: str
    version: str


@cache
def all_systems() -> tuple[System, ...]:
    """Return the systems of the package's data, the usual one of a kind first."""
    return tuple(
        System(
            kind=ServiceKind(row["kind"]),
            name=row["system"],
            words=tuple(row["words"].split(",")),
            image=row["image"],
            version=row["version"],
        )
        for row in read_table("systems")
    )


def systems_of(kind: ServiceKind) -> tuple[System, ...]:
    """Return the systems of this kind; none for a kind that runs code of its own."""
    return tuple(system for system in all_systems() if system.kind == kind)


def system_by_name(kind: ServiceKind, name: str) -> System | None:
    """Return the system that a service of this name is; None for code of its own."""
    known = systems_of(kind)
    lowered = name.lower()
    told = (system for system in known if any(word in lowered for word in system.words))
    return next(told, known[0] if known else None)
