"""Data points in InfluxDB line protocol."""

import math
from functools import lru_cache

from telemetry_sender.events.model import Attributes, Buckets, Point, Resource, Scope, Spot
from telemetry_sender.events.times import time_of
from telemetry_sender.records.influx.line import FieldWriter, head
from telemetry_sender.records.influx.tags import Sorter, TagRules
from telemetry_sender.records.influx.text import integer, measurement, string
from telemetry_sender.records.remembered import Remembered
from telemetry_sender.records.writer import RecordWriter

_FIXED = frozenset(
    {
        "value",
        "count",
        "sum",
        "min",
        "max",
        "scale",
        "zero_count",
        "zero_threshold",
        "positive_offset",
        "positive_counts",
        "negative_offset",
        "negative_counts",
        "flags",
    }
)
_BOUNDS_REMEMBERED = 1 << 10
"""Histograms have few different bounds."""


class PointLines:
    """Writes data points; its one instance knows what they have in common."""

    def __init__(self, rules: TagRules) -> None:
        self._sorter = Sorter(rules, _FIXED)
        self._sorted = Remembered(self._sorter.sort)
        self._head = Remembered(self._make_head)

    def write(self, point: Point, writer: RecordWriter) -> None:
        """Write a data point as a line."""
        own = point.resource, point.scope, point.attributes
        line = FieldWriter(writer, self._head(point.metric.name, *own))
        if point.metric.kind == "summary":
            _write_quantiles(point, line)
        elif point.metric.kind == "exponential_histogram":
            _write_exponential(point, line)
        elif point.metric.kind == "histogram":
            _write_histogram(point, line)
        else:
            line.put_spot("value", point.value)
        line.put_all(self._sorted(*own).fields)
        line.finish(time_of(point), point.flags)

    def _make_head(
        self, name: str, resource: Resource, scope: Scope, attributes: Attributes
    ) -> bytes:
        return head(measurement(name), self._sorted(resource, scope, attributes).tags)


def _write_histogram(point: Point, line: FieldWriter) -> None:
    _write_totals(point, line)
    names = _bucket_names(tuple(point.explicit_bounds))
    for name, count in zip(names, point.bucket_counts, strict=False):
        line.put_spot(name, count)


@lru_cache(_BOUNDS_REMEMBERED)
def _bucket_names(bounds: tuple[float, ...]) -> list[str]:
    """Return the fields of a histogram's buckets, of which there is one more than bounds."""
    return [f"bucket_{bound}" for bound in (*map(repr, bounds), "+Inf")]


def _write_exponential(point: Point, line: FieldWriter) -> None:
    _write_totals(point, line)
    line.put("scale", integer(point.scale))
    _put_or(line, "zero_count", point.zero_count, b"0i")
    if point.zero_threshold and math.isfinite(point.zero_threshold):
        line.put("zero_threshold", repr(point.zero_threshold).encode())
    _write_buckets("positive", point.positive, line)
    _write_buckets("negative", point.negative, line)


def _write_buckets(side: str, buckets: Buckets | None, line: FieldWriter) -> None:
    if buckets is not None and buckets.counts:
        line.put(f"{side}_offset", integer(buckets.offset))
        line.put(f"{side}_counts", string(" ".join(map(str, buckets.counts))))


def _write_quantiles(point: Point, line: FieldWriter) -> None:
    _write_totals(point, line)
    for quantile, value in point.quantiles:
        if math.isfinite(value):
            line.put(f"quantile_{quantile!r}", repr(value).encode())


def _write_totals(point: Point, line: FieldWriter) -> None:
    """Write the fields that all distributions have."""
    _put_or(line, "count", point.count, b"0i")
    if point.metric.kind == "summary":
        _put_or(line, "sum", point.sum, b"0.0")
    else:
        line.put_spot("sum", point.sum)
    line.put_spot("min", point.min)
    line.put_spot("max", point.max)


def _put_or(line: FieldWriter, name: str, spot: Spot | None, zero: bytes) -> None:
    """Add a value of the event; the wire leaves out one that is 0."""
    if spot is None:
        line.put(name, zero)
    else:
        line.put_spot(name, spot)
