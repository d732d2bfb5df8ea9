"""Application metrics: made up by number, for configurations that want more than the catalogue."""

import re
from typing import NamedTuple

from telemetry_generator.metrics.catalogue import BOUNDS
from telemetry_generator.metrics.definition import (
    Axis,
    Driver,
    Family,
    Instrument,
    MetricDefinition,
    Reporter,
    Source,
    SpanRole,
    ValueModel,
)
from telemetry_generator.traces.table import Kind
from telemetry_generator.world.model import Protocol

_DOMAINS = (
    "checkout",
    "catalog",
    "search",
    "cart",
    "payment",
    "shipping",
    "billing",
    "account",
    "session",
    "pricing",
    "inventory",
    "recommendation",
    "review",
    "notification",
    "audit",
    "report",
    "import",
    "export",
    "sync",
    "gateway",
    "scheduler",
    "loyalty",
    "fraud",
    "tax",
)

_THINGS = (
    "item",
    "request",
    "job",
    "message",
    "page",
    "batch",
    "record",
    "token",
    "rule",
    "event",
    "document",
    "upload",
    "query",
    "worker",
    "lease",
    "snapshot",
    "invoice",
    "coupon",
)


class _Measure(NamedTuple):
    """What is measured about a thing."""

    suffix: str
    instrument: Instrument
    is_int: bool
    unit: str
    values: ValueModel
    bounds: tuple[float, ...] = ()
    quantiles: tuple[float, ...] = ()
    exemplars: SpanRole | None = None


_SERVED = SpanRole(Protocol.HTTP, Kind.SERVER)

_MEASURES = (
    _Measure(
        "count",
        Instrument.COUNTER,
        True,
        "{thing}",
        ValueModel(0.5, 60, Driver.TRAFFIC),
        exemplars=_SERVED,
    ),
    _Measure("errors", Instrument.COUNTER, True, "{error}", ValueModel(0.002, 0.6, Driver.ERRORS)),
    _Measure(
        "duration",
        Instrument.HISTOGRAM,
        False,
        "s",
        ValueModel(0.01, 0.2, Driver.LATENCY, rate=4),
        bounds=BOUNDS["seconds"],
        exemplars=_SERVED,
    ),
    _Measure(
        "size",
        Instrument.HISTOGRAM,
        True,
        "By",
        ValueModel(300, 20_000, Driver.NOISE, rate=4),
        bounds=BOUNDS["bytes"],
    ),
    _Measure("active", Instrument.UPDOWN, True, "{thing}", ValueModel(1, 400, Driver.LOAD)),
    _Measure("age", Instrument.GAUGE, False, "s", ValueModel(1, 900, Driver.NOISE)),
    _Measure("ratio", Instrument.GAUGE, False, "1", ValueModel(0.02, 0.98, Driver.NOISE)),
    _Measure(
        "wait",
        Instrument.EXPONENTIAL,
        False,
        "s",
        ValueModel(0.001, 0.05, Driver.LATENCY, rate=4),
        exemplars=_SERVED,
    ),
    _Measure(
        "latency",
        Instrument.SUMMARY,
        False,
        "s",
        ValueModel(0.008, 0.15, Driver.LATENCY, rate=4),
        quantiles=(0.5, 0.9, 0.99),
    ),
)


def _axis(key: str, *values: str) -> Axis:
    return Axis(tuple(((key, value),) for value in values))


_AXES = (
    _axis("app.region", "eu-central", "eu-west", "us-east", "us-west", "ap-south"),
    _axis("app.channel", "web", "mobile", "partner", "batch"),
    _axis("app.result", "ok", "rejected", "retried"),
)


def application_metric(number: int) -> MetricDefinition:
    """Return application metric `number`, counted from 0; no two have the same name."""
    rest, at = divmod(number, len(_MEASURES))
    rest, domain = divmod(rest, len(_DOMAINS))
    round_number, thing_number = divmod(rest, len(_THINGS))
    measure = _MEASURES[at]
    thing = _THINGS[thing_number]
    numbered = f"{thing}_{round_number + 1}" if round_number else thing
    return MetricDefinition(
        name=f"app.{_DOMAINS[domain]}.{numbered}.{measure.suffix}",
        source=Source.APPLICATION,
        family=Family.APPLICATION,
        reporter=Reporter.SERVICE,
        instrument=measure.instrument,
        is_int=measure.is_int,
        unit=measure.unit.replace("thing", thing),
        description=f"{measure.suffix.capitalize()} of {_DOMAINS[domain]} {thing}s.",
        values=measure.values,
        axes=_AXES,
        bounds=measure.bounds,
        quantiles=measure.quantiles,
        exemplars=measure.exemplars,
    )


_NAME = re.compile(
    rf"app\.({'|'.join(_DOMAINS)})\.({'|'.join(_THINGS)})(_\d+)?"
    rf"\.({'|'.join(measure.suffix for measure in _MEASURES)})"
)


def is_made_up(name: str) -> bool:
    """Return whether an application metric of some number has this name."""
    return _NAME.fullmatch(name) is not None
