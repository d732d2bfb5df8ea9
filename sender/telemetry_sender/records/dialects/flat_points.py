"""Data points as flat records: what the kinds of metrics have in common, and what each has."""

from collections.abc import Callable, Mapping

from telemetry_sender.events.model import Buckets, Metric, Point, Spot, Value
from telemetry_sender.records.dialects.flat_parts import (
    put_exemplars,
    put_instant,
    put_nanos,
    put_origin,
    put_scope,
    put_unless_empty,
    put_value,
)
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.json_text import member
from telemetry_sender.records.text_forms import JSON_REAL, UNSIGNED
from telemetry_sender.records.writer import RecordWriter


def write_point(point: Point, out: RecordWriter) -> None:
    """Write the record of a data point."""
    line = JsonLine(out)
    metric = point.metric
    put_instant(line, point.time)
    line.put_shared(_metric, metric)
    _OF_KIND[metric.kind](line, point)
    put_origin(line, point.resource, point.attributes)
    put_nanos(line, "start_time_unix_nano", point.start)
    put_unless_empty(line, "description", metric.description)
    put_unless_empty(line, "flags", point.flags)
    put_scope(line, point.scope)
    put_exemplars(line, point.exemplars)
    line.end()


def _metric(metric: Metric) -> str:
    said = {
        "metric": metric.name,
        "type": metric.kind,
        "unit": metric.unit,
        "temporality": metric.temporality or None,
    }
    return "".join(member(name, value) for name, value in said.items())


def _put_gauge(line: JsonLine, point: Point) -> None:
    put_value(line, point.value)


def _put_sum(line: JsonLine, point: Point) -> None:
    line.put("is_monotonic", point.metric.is_monotonic)
    put_value(line, point.value)


def _put_histogram(line: JsonLine, point: Point) -> None:
    _put_count(line, "count", point.count)
    _put_sums(line, point)
    line.put_numbers("bucket_counts", point.bucket_counts, UNSIGNED)
    line.put("explicit_bounds", list(point.explicit_bounds))


def _put_exponential(line: JsonLine, point: Point) -> None:
    _put_count(line, "count", point.count)
    _put_sums(line, point)
    line.put("scale", point.scale)
    _put_count(line, "zero_count", point.zero_count)
    line.put("zero_threshold", point.zero_threshold)
    line.put("positive", _buckets(point.positive))
    line.put("negative", _buckets(point.negative))


def _put_summary(line: JsonLine, point: Point) -> None:
    _put_count(line, "count", point.count)
    if point.sum is None:
        line.put("sum", 0.0)
    else:
        line.put_number("sum", point.sum, JSON_REAL)
    quantiles = [{"quantile": quantile, "value": value} for quantile, value in point.quantiles]
    line.put("quantiles", quantiles)


_OF_KIND: Mapping[str, Callable[[JsonLine, Point], None]] = {
    "gauge": _put_gauge,
    "sum": _put_sum,
    "histogram": _put_histogram,
    "exponential_histogram": _put_exponential,
    "summary": _put_summary,
}


def _put_count(line: JsonLine, name: str, count: Spot | None) -> None:
    if count is None:
        line.put(name, 0)
    else:
        line.put_number(name, count, UNSIGNED)


def _put_real(line: JsonLine, name: str, value: Spot | None) -> None:
    if value is None:
        line.put(name, None)
    else:
        line.put_number(name, value, JSON_REAL)


def _put_sums(line: JsonLine, point: Point) -> None:
    """Add what a histogram may leave out: null is not 0."""
    _put_real(line, "sum", point.sum)
    _put_real(line, "min", point.min)
    _put_real(line, "max", point.max)


def _buckets(buckets: Buckets | None) -> Value:
    if buckets is None:
        return None
    return {"offset": buckets.offset, "bucket_counts": list(buckets.counts)}
