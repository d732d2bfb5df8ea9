"""The events of OTLP bytes, decoded with the real classes: bare, or with what surrounds them."""

from collections.abc import Iterator
from typing import Any

from otlp_samples import ROOTS
from telemetry_common.signals import Signal

_WAYS = {
    Signal.TRACES: ("resource_spans", "scope_spans", "spans"),
    Signal.METRICS: ("resource_metrics", "scope_metrics", "metrics"),
    Signal.LOGS: ("resource_logs", "scope_logs", "log_records"),
    Signal.PROFILES: ("resource_profiles", "scope_profiles", "profiles"),
}

Surrounded = tuple[bytes, ...]
"""An event, serialized, behind the serialized messages around it without their children."""


def holders_of(signal: Signal, data: bytes) -> list[Any]:
    """Return all spans, metrics, log records or profiles in wire order."""
    resources, scopes, holders = _WAYS[signal]
    return [
        holder
        for resource in getattr(ROOTS[signal].FromString(data), resources)
        for scope in getattr(resource, scopes)
        for holder in getattr(scope, holders)
    ]


def points_of(metric: Any) -> list[Any]:
    """Return the data points of a metric of any kind."""
    kind = metric.WhichOneof("data")
    return list(getattr(metric, kind).data_points) if kind else []


def surrounded_events(signal: Signal, data: bytes) -> list[Surrounded]:
    """Return every event in wire order, with what a receiver sees around it."""
    resources, scopes, holders = _WAYS[signal]
    root = ROOTS[signal].FromString(data)
    outside = _without(root, resources)
    found: list[Surrounded] = []
    for resource in getattr(root, resources):
        for scope in getattr(resource, scopes):
            above = (outside, _without(resource, scopes), _without(scope, holders))
            for holder in getattr(scope, holders):
                found += [(*above, *path) for path in _paths(signal, holder)]
    return found


def events_in(signal: Signal, holder: Any) -> int:
    """Return how many events a span, metric, log record or profile is or holds."""
    return sum(1 for _ in _paths(signal, holder))


def _paths(signal: Signal, holder: Any) -> Iterator[Surrounded]:
    if signal is Signal.METRICS:
        yield from _points(holder)
    elif signal is Signal.PROFILES:
        for sample in holder.samples:
            yield _without(holder, "samples"), _wire(sample)
    else:
        yield (_wire(holder),)


def _points(metric: Any) -> Iterator[Surrounded]:
    kind = metric.WhichOneof("data")
    if kind:
        around = (
            _without(metric, kind),
            kind.encode(),
            _without(getattr(metric, kind), "data_points"),
        )
        for point in points_of(metric):
            yield (*around, _wire(point))


def _without(message: Any, field: str) -> bytes:
    copy = type(message)()
    copy.CopyFrom(message)
    copy.ClearField(field)
    return _wire(copy)


def _wire(message: Any) -> bytes:
    return bytes(message.SerializeToString(deterministic=True))
