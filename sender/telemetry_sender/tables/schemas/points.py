"""The long table of metrics: one row a data point, whatever its kind."""

from typing import Any

from telemetry_sender.events.model import Point
from telemetry_sender.records.base import Stream
from telemetry_sender.records.json_text import json_text
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Column
from telemetry_sender.tables.columns.measures import measure
from telemetry_sender.tables.columns.nested import structs_of, values_of
from telemetry_sender.tables.columns.spots import identifier, number, of_kind, time
from telemetry_sender.tables.columns.static import text, value
from telemetry_sender.tables.schemas.shared import SERVICE, origin
from telemetry_sender.tables.schemas.table import Ids, TableForm, TableSchema
from telemetry_sender.text.fields import SlotKind


def points_schema(form: TableForm) -> TableSchema:
    """Return the columns of data points."""
    columns = (
        time("timestamp", "When it was measured", lambda point: point.time),
        time("start_time", "Since when it was counted", lambda point: point.start),
        *_of_metric(),
        SERVICE,
        *_numbers(),
        *_of_exponential_histograms(),
        _quantiles(),
        value("flags", "Flags of OTLP", pa.uint32(), lambda point: point.flags),
        *origin(),
        _exemplars(as_hex=form.ids is Ids.HEX),
    )
    return TableSchema(Stream.METRICS, columns)


def _of_metric() -> tuple[Column, ...]:
    return (
        text("metric", "Name of the metric", lambda point: point.metric.name),
        text(
            "type",
            "`gauge`, `sum`, `histogram`, `exponential_histogram`, `summary`",
            lambda point: point.metric.kind,
        ),
        text("description", "What it says", lambda point: point.metric.description or None),
        text("unit", "Its unit (UCUM)", lambda point: point.metric.unit or None),
        text(
            "temporality",
            "`delta` or `cumulative`; null for gauges and summaries",
            lambda point: point.metric.temporality or None,
        ),
        value("is_monotonic", "Of sums: never falls; else null", pa.bool_(), _is_monotonic),
    )


def _numbers() -> tuple[Column, ...]:
    return (
        measure("value", "Of gauges and sums", lambda point: point.value),
        number(
            "value_int",
            "The same where it is an integer, exactly",
            pa.int64(),
            lambda point: of_kind(point.value, SlotKind.SIGNED),
        ),
        number("count", "Measurements", pa.uint64(), lambda point: point.count, _is_distribution),
        number("sum", "Their sum", pa.float64(), lambda point: point.sum, _is_summary),
        number("min", "The least", pa.float64(), lambda point: point.min),
        number("max", "The greatest", pa.float64(), lambda point: point.max),
        values_of(
            "bucket_counts",
            "Of histograms: measurements in each bucket",
            lambda point: point.bucket_counts,
            number("item", "", pa.uint64(), lambda spot: spot),
        ),
        value(
            "explicit_bounds",
            "Of histograms: the upper bound of each bucket but the last",
            pa.list_(pa.float64()),
            lambda point: list(point.explicit_bounds),
        ),
    )


def _of_exponential_histograms() -> tuple[Column, ...]:
    return (
        value(
            "scale",
            "Of exponential histograms: 2^scale buckets for every doubling",
            pa.int32(),
            _scale,
        ),
        number(
            "zero_count",
            "Measurements that are nearly 0",
            pa.uint64(),
            lambda point: point.zero_count,
            _is_exponential,
        ),
        value("zero_threshold", "How far from 0 those are at most", pa.float64(), _zero_threshold),
        value(
            "positive_offset",
            "Number of the first positive bucket",
            pa.int32(),
            _offset("positive"),
        ),
        value(
            "positive_counts",
            "Measurements in it and those above",
            pa.list_(pa.uint64()),
            _counts("positive"),
        ),
        value(
            "negative_offset",
            "Number of the first negative bucket",
            pa.int32(),
            _offset("negative"),
        ),
        value(
            "negative_counts",
            "Measurements in it and those below",
            pa.list_(pa.uint64()),
            _counts("negative"),
        ),
    )


def _quantiles() -> Column:
    pair = pa.struct([("quantile", pa.float64()), ("value", pa.float64())])
    return value(
        "quantiles",
        "Of summaries",
        pa.list_(pair),
        lambda point: [
            dict(zip(("quantile", "value"), each, strict=True)) for each in point.quantiles
        ],
    )


def _exemplars(*, as_hex: bool) -> Column:
    fields = (
        time("timestamp", "", lambda exemplar: exemplar.time),
        measure("value", "", lambda exemplar: exemplar.value),
        identifier("trace_id", "", 16, lambda exemplar: exemplar.trace_id, as_hex=as_hex),
        identifier("span_id", "", 8, lambda exemplar: exemplar.span_id, as_hex=as_hex),
        text("attributes", "", lambda exemplar: json_text(exemplar.attributes)),
    )
    return structs_of("exemplars", "Measurements of it", lambda point: point.exemplars, fields)


def _is_monotonic(point: Point) -> bool | None:
    return point.metric.is_monotonic if point.metric.kind == "sum" else None


def _is_distribution(point: Point) -> bool:
    return point.metric.kind not in ("gauge", "sum")


def _is_summary(point: Point) -> bool:
    return point.metric.kind == "summary"


def _is_exponential(point: Point) -> bool:
    return point.metric.kind == "exponential_histogram"


def _scale(point: Point) -> int | None:
    return point.scale if _is_exponential(point) else None


def _zero_threshold(point: Point) -> float | None:
    return point.zero_threshold if _is_exponential(point) else None


def _offset(side: str) -> Any:
    def get(point: Point) -> int | None:
        buckets = getattr(point, side)
        return None if buckets is None else buckets.offset

    return get


def _counts(side: str) -> Any:
    def get(point: Point) -> list[int]:
        buckets = getattr(point, side)
        return [] if buckets is None else list(buckets.counts)

    return get
