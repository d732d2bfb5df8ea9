"""The metric catalogue: what is measured, in which unit, by which attributes, how large it gets."""

from dataclasses import dataclass
from enum import StrEnum

from telemetry_generator.tables import read_table
from telemetry_generator.world.attributes import Value
from telemetry_generator.world.operations import Protocol

BOUNDS: dict[str, tuple[float, ...]] = {
    # The semantic conventions advise these for HTTP, RPC and messaging, and for databases.
    "seconds": (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
    "db_seconds": (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
    "gc_seconds": (0.01, 0.1, 1, 10),
    "connection_seconds": (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300),
    "rows": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000),
    "bytes": (128, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576),
}


class Instrument(StrEnum):
    """How a metric behaves."""

    GAUGE = "gauge"
    COUNTER = "counter"
    """A monotonic cumulative sum."""
    UPDOWN = "updown"
    """A cumulative sum that also falls."""
    HISTOGRAM = "histogram"


class Family(StrEnum):
    """What a metric is about, which decides who reports it."""

    HOST = "host"
    PROCESS = "process"
    CONTAINER = "container"
    POD = "pod"
    NODE = "node"
    CLUSTER = "cluster"
    HTTP = "http"
    RPC = "rpc"
    DB = "db"
    MESSAGING = "messaging"
    JVM = "jvm"
    GO = "go"
    CPYTHON = "cpython"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class SpanRole:
    """Which spans are examples of a histogram's measurements."""

    protocol: Protocol
    is_server: bool


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """One metric. `low` and `high` bound its values, or for a histogram its counts (from 20)."""

    name: str
    family: Family
    instrument: Instrument
    is_int: bool
    unit: str
    low: float
    high: float
    bounds: tuple[float, ...]
    exemplars: SpanRole | None
    attributes: tuple[tuple[str, tuple[Value, ...]], ...]
    description: str


def load_catalogue() -> tuple[MetricDefinition, ...]:
    """Return the definitions that come with the package."""
    return tuple(_definition(row) for row in read_table("metrics"))


def _definition(row: dict[str, str]) -> MetricDefinition:
    return MetricDefinition(
        name=row["name"],
        family=Family(row["family"]),
        instrument=Instrument(row["instrument"]),
        is_int=row["number"] == "int",
        unit=row["unit"],
        low=float(row["low"]),
        high=float(row["high"]),
        bounds=BOUNDS[row["bounds"]] if row["bounds"] else (),
        exemplars=_span_role(row["exemplars"]),
        attributes=tuple(_attribute(text) for text in row["attributes"].split(";") if text),
        description=row["description"],
    )


def _span_role(text: str) -> SpanRole | None:
    protocol, _, side = text.partition("/")
    return SpanRole(Protocol(protocol), side == "server") if protocol else None


def _attribute(text: str) -> tuple[str, tuple[Value, ...]]:
    key, _, values = text.partition("=")
    first, dots, last = values.partition("..")
    if dots:
        return key, tuple(range(int(first), int(last) + 1))
    return key, tuple(int(value) if value.isdigit() else value for value in values.split(","))
