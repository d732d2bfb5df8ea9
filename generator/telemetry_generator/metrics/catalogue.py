"""The metric catalogue that comes with the package, as data: `data/metrics.tsv`.

The file's header explains its columns and their grammar.
"""

from functools import cache

from telemetry_generator.metrics.definition import (
    Axis,
    Driver,
    Family,
    Instrument,
    MetricDefinition,
    Reporter,
    Source,
    SpanRole,
    Split,
    SplitKind,
    ValueModel,
    WorldAxis,
)
from telemetry_generator.tables import read_table
from telemetry_generator.traces.table import Kind
from telemetry_generator.world.attributes import Attributes, Value
from telemetry_generator.world.model import Protocol

BOUNDS: dict[str, tuple[float, ...]] = {
    # The semantic conventions advise these for HTTP, RPC and messaging, and for databases.
    "seconds": (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
    "db_seconds": (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10),
    "gc_seconds": (0.01, 0.1, 1, 10),
    "connection_seconds": (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300),
    "rows": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000),
    # For these they advise nothing.
    "dns_seconds": (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
    "fine_seconds": (0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5),
    "bytes": (128, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576),
    "money": (5, 10, 20, 50, 100, 200, 500, 1000),
}


@cache
def load_catalogue() -> tuple[MetricDefinition, ...]:
    """Return all definitions of the package; name and source tell them apart."""
    return tuple(_definition(row) for row in read_table("metrics"))


@cache
def catalogue_names() -> tuple[str, ...]:
    """Return all names in the catalogue, each once, in alphabetical order."""
    return tuple(sorted({metric.name for metric in load_catalogue()}))


@cache
def required_attributes() -> dict[tuple[str, Source], frozenset[str]]:
    """Return, by name and source, the attributes that the semantic conventions require."""
    return {
        (row["name"], Source(row["source"])): frozenset(filter(None, row["required"].split(",")))
        for row in read_table("metrics")
    }


def _definition(row: dict[str, str]) -> MetricDefinition:
    instrument = Instrument(row["instrument"])
    return MetricDefinition(
        name=row["name"],
        source=Source(row["source"]),
        family=Family(row["family"]),
        reporter=Reporter(row["reporter"]),
        instrument=instrument,
        is_int=row["number"] == "int",
        unit=row["unit"],
        description=row["description"],
        values=_value_model(row),
        axes=tuple(_axis(text) for text in row["attributes"].split(";") if text),
        bounds=BOUNDS[row["bounds"]] if instrument is Instrument.HISTOGRAM else (),
        quantiles=_quantiles(row["bounds"]) if instrument is Instrument.SUMMARY else (),
        exemplars=_span_role(row["exemplars"]),
    )


def _value_model(row: dict[str, str]) -> ValueModel:
    return ValueModel(
        low=float(row["low"]),
        high=float(row["high"]),
        driver=Driver(row["driver"]),
        split=_split(row["split"]),
        rate=float(row["rate"] or 1),
    )


def _split(text: str) -> Split | None:
    key, _, kind = text.rpartition("/")
    if not key:
        return None
    if kind in (SplitKind.SHARES, SplitKind.STATE):
        return Split(key, SplitKind(kind))
    return Split(key, SplitKind.REST, kind)


def _quantiles(text: str) -> tuple[float, ...]:
    return tuple(float(quantile) for quantile in text.split(",") if quantile)


def _span_role(text: str) -> SpanRole | None:
    protocol, _, kind = text.partition("/")
    return SpanRole(Protocol(protocol), Kind[kind.upper()]) if protocol else None


def _axis(text: str) -> Axis | WorldAxis:
    """Read `@name`, `key=first..last`, or `key+key=value+value,value+value`."""
    if text.startswith("@"):
        return WorldAxis(text[1:])
    names, _, options = text.partition("=")
    keys = names.split("+")
    first, dots, last = options.partition("..")
    if dots:
        return Axis(tuple(((names, number),) for number in range(int(first), int(last) + 1)))
    return Axis(tuple(_option(keys, option) for option in options.split(",")))


def _option(keys: list[str], text: str) -> Attributes:
    values = zip(keys, text.split("+"), strict=True)
    return tuple((key, _value(value)) for key, value in values if value)


def _value(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text.strip('"')
