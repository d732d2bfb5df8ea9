"""Events of spans besides exceptions: what applications note while they work."""

from telemetry_common.ids import derive_key
from telemetry_generator.world.attributes import Attributes, Value

VALUES = 16
"""How many variants each event has."""

_WORDS = ("catalogue", "pricing", "session", "stock")
# Name of the event; an attribute that counts something, with its limit; one that names something.
_EVENTS = (
    ("app.cache.miss", "app.cache.entries", 20_000, "app.cache.region"),
    ("app.lock.acquired", "app.lock.wait_ms", 120, "app.lock.name"),
    ("app.retry.scheduled", "app.retry.delay_ms", 800, "app.retry.policy"),
    ("app.rule.applied", "app.rule.number", 60, "app.rule.set"),
    ("app.payload.validated", "app.payload.fields", 90, "app.payload.schema"),
    ("app.batch.flushed", "app.batch.size", 500, "app.batch.name"),
)

EVENTS = len(_EVENTS)
"""How many events there are."""


def event_name(number: int) -> str:
    """Return the name of event `number`, below EVENTS."""
    return _EVENTS[number][0]


def event_attributes(number: int, variant: int) -> Attributes:
    """Return the attributes of variant `variant`, below VALUES, of event `number`."""
    _, count_key, limit, name_key = _EVENTS[number]
    bits = derive_key(0, "event", number, variant)
    name: Value = _WORDS[bits % len(_WORDS)]
    return ((count_key, (bits >> 8) % limit), (name_key, name))
