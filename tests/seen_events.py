"""The events of a stamped request as the protobuf classes decode them, each beside its template."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from plain_events import attributes_of, duration_of, logs_in, points_in, spans_in


@dataclass(frozen=True, slots=True)
class Seen:
    """One event with what it stands under; `original` is the same event of another pass."""

    stream: str
    resource: dict[str, Any]
    scope: Any
    metric: Any
    event: Any
    original: Any

    @property
    def attributes(self) -> dict[str, Any]:
        return attributes_of(self.event.attributes)

    @property
    def duration(self) -> int | None:
        """Nanoseconds of a span, which are the same in every pass."""
        return duration_of(self.original)


def seen_in(request: Message, original: Message) -> Iterator[Seen]:
    """Yield the events of a request, in the order of the wire."""
    for (stream, *told), (_, *before) in zip(_events(request), _events(original), strict=True):
        resource, scope, metric, event = told
        yield Seen(
            stream, attributes_of(resource.attributes), scope, metric, event, original=before[-1]
        )


def _events(request: Message) -> Iterator[tuple[str, Any, Any, Any, Any]]:
    for resource, scope, span in spans_in(request):
        yield "traces", resource, scope, None, span
    for resource, scope, metric, point in points_in(request):
        yield "metrics", resource, scope, metric, point
    for resource, scope, log in logs_in(request):
        yield "events" if log.event_name else "logs", resource, scope, None, log
