"""When events happened, and how long they took."""

from telemetry_sender.events.model import Event, Log, Span, Spot

_HALF, _WORD = 1 << 63, 1 << 64


def time_of(event: Event) -> Spot | None:
    """Return when an event happened: a span, when it began; a log record, or when it was seen."""
    if isinstance(event, Span):
        return event.start or event.end
    if isinstance(event, Log):
        return event.time or event.observed_time
    return event.time


def duration_of(span: Span) -> int | None:
    """Return nanoseconds from start to end, which move together; None where one is unknown.

    It is a number with a sign of 64 bits, as the times may be on either side of an overflow.
    """
    if span.start is None or span.end is None:
        return None
    return (int(span.end.value) - int(span.start.value) + _HALF) % _WORD - _HALF
