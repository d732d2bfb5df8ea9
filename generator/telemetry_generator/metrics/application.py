"""Application metrics: made up by number, for configurations that want more than the catalogue."""

from telemetry_generator.metrics.catalogue import (
    BOUNDS,
    Family,
    Instrument,
    MetricDefinition,
)
from telemetry_generator.world.attributes import Value

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

# What is measured about a thing: suffix, instrument, integers?, unit, low, high, bounds.
_MEASURES = (
    ("count", Instrument.COUNTER, True, "{{{thing}}}", 1, 9_000_000, ""),
    ("errors", Instrument.COUNTER, True, "{{error}}", 1, 40_000, ""),
    ("duration", Instrument.HISTOGRAM, False, "s", 40, 90_000, "seconds"),
    ("size", Instrument.HISTOGRAM, True, "By", 40, 90_000, "bytes"),
    ("active", Instrument.UPDOWN, True, "{{{thing}}}", 1, 4_000, ""),
    ("age", Instrument.GAUGE, False, "s", 0.1, 9_000, ""),
    ("ratio", Instrument.GAUGE, False, "1", 0.001, 0.999, ""),
)

_ATTRIBUTES: tuple[tuple[str, tuple[Value, ...]], ...] = (
    ("app.region", ("eu-central", "eu-west", "us-east", "us-west", "ap-south")),
    ("app.channel", ("web", "mobile", "partner", "batch")),
    ("app.result", ("ok", "rejected", "retried")),
)


def application_metric(number: int) -> MetricDefinition:
    """Return application metric `number`, counted from 0; no two have the same name."""
    rest, measure = divmod(number, len(_MEASURES))
    rest, domain = divmod(rest, len(_DOMAINS))
    round_number, thing_number = divmod(rest, len(_THINGS))
    suffix, instrument, is_int, unit, low, high, bounds = _MEASURES[measure]
    thing = _THINGS[thing_number] + (f"_{round_number + 1}" if round_number else "")
    return MetricDefinition(
        name=f"app.{_DOMAINS[domain]}.{thing}.{suffix}",
        family=Family.APPLICATION,
        instrument=instrument,
        is_int=is_int,
        unit=unit.format(thing=_THINGS[thing_number]),
        low=low,
        high=high,
        bounds=BOUNDS[bounds] if bounds else (),
        exemplars=None,
        attributes=_ATTRIBUTES,
        description=f"{suffix.capitalize()} of {_DOMAINS[domain]} {_THINGS[thing_number]}s.",
    )
