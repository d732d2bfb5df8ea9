"""Data points of all five types as rows of wire format."""

import numpy as np
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Exemplar,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    NumberDataPoint,
    SummaryDataPoint,
)

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, I64, Bools
from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    fixed64_tag,
    fold,
    join,
    length_tag,
    solid,
    spread,
    varint,
    varints,
)
from telemetry_generator.encode.metric_attributes import PointAttributes
from telemetry_generator.metrics.definition import Instrument
from telemetry_generator.metrics.explicit_points import ExplicitPoints
from telemetry_generator.metrics.exponential_points import SCALE, ExponentialPoints
from telemetry_generator.metrics.factory import Points
from telemetry_generator.metrics.measurements import Distribution
from telemetry_generator.metrics.number_points import NumberPoints
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_exemplars import Exemplars
from telemetry_generator.metrics.summary_points import SummaryPoints

_WORD = b"\0" * 8
_Positive = ExponentialHistogramDataPoint.Buckets
_Quantile = SummaryDataPoint.ValueAtQuantile


class PointEncoder:
    """Encodes points; attributes that many of them share are rendered once."""

    def __init__(self) -> None:
        self._of_numbers = PointAttributes(NumberDataPoint.ATTRIBUTES_FIELD_NUMBER)
        self._of_explicit = PointAttributes(HistogramDataPoint.ATTRIBUTES_FIELD_NUMBER)
        self._of_exponential = PointAttributes(
            ExponentialHistogramDataPoint.ATTRIBUTES_FIELD_NUMBER
        )
        self._of_summaries = PointAttributes(SummaryDataPoint.ATTRIBUTES_FIELD_NUMBER)

    def cells(self, points: Points) -> Cells:
        """Return the content of each point, one a row."""
        if isinstance(points, NumberPoints):
            return _numbers(points, self._of_numbers)
        if isinstance(points, ExplicitPoints):
            return _explicit(points, self._of_explicit)
        if isinstance(points, ExponentialPoints):
            return _exponential(points, self._of_exponential)
        return _summaries(points, self._of_summaries)


def _numbers(points: NumberPoints, attributes: PointAttributes) -> Cells:
    series, scrapes = points.series, points.scrapes
    has_start = series.flags(lambda metric: metric.instrument is not Instrument.GAUGE)
    has_start = np.repeat(has_start, scrapes.time.shape[1])
    fill = {
        "start": _starts(series, scrapes),
        "time": _bits(scrapes.time),
        "value": points.words(),
    }
    head = Cells.pick(_NUMBER_HEADS, has_start + 2 * points.is_int, fill)
    is_int = points.is_int[points.exemplars.rows]
    exemplars = _exemplars(
        points.exemplars, is_int, NumberDataPoint.EXEMPLARS_FIELD_NUMBER, head.count
    )
    return join(head, *exemplars, *attributes.cells(series, scrapes.time.shape[1]))


def _explicit(points: ExplicitPoints, attributes: PointAttributes) -> Cells:
    point = HistogramDataPoint
    count, width = points.buckets.shape
    bounds = HistogramDataPoint(explicit_bounds=points.bounds).SerializeToString()
    sizes = length_tag(point.BUCKET_COUNTS_FIELD_NUMBER) + varint(8 * width)
    exemplars = _measured_exemplars(points.exemplars, point.EXEMPLARS_FIELD_NUMBER, count)
    return join(
        _times(points.series, points.scrapes),
        _totals(points.shape),
        Cells.words(sizes, *(_bits(points.buckets[:, at]) for at in range(width))),
        Cells.constant(count, bounds),
        Cells.words(fixed64_tag(point.MIN_FIELD_NUMBER), _bits(points.shape.min)),
        Cells.words(fixed64_tag(point.MAX_FIELD_NUMBER), _bits(points.shape.max)),
        *exemplars,
        *attributes.cells(points.series, points.scrapes.time.shape[1]),
    )


def _exponential(points: ExponentialPoints, attributes: PointAttributes) -> Cells:
    point = ExponentialHistogramDataPoint
    count = len(points.zeros)
    scale = ExponentialHistogramDataPoint(scale=SCALE).SerializeToString()
    exemplars = _measured_exemplars(points.exemplars, point.EXEMPLARS_FIELD_NUMBER, count)
    return join(
        *attributes.cells(points.series, points.scrapes.time.shape[1]),
        _times(points.series, points.scrapes),
        _totals(points.shape),
        Cells.constant(count, scale),
        Cells.words(fixed64_tag(point.ZERO_COUNT_FIELD_NUMBER), _bits(points.zeros)),
        _positive(points).embed(point.POSITIVE_FIELD_NUMBER),
        Cells.words(fixed64_tag(point.MIN_FIELD_NUMBER), _bits(points.shape.min)),
        Cells.words(fixed64_tag(point.MAX_FIELD_NUMBER), _bits(points.shape.max)),
        *exemplars,
    )


def _positive(points: ExponentialPoints) -> Cells:
    """Return the buckets of positive measurements; the offset is an sint32, in zigzag."""
    zigzag = points.offset << 1 ^ points.offset >> 63
    counts = fold(varints(points.buckets), points.owners, len(points.zeros))
    tag = Cells.constant(len(points.zeros), varint(_Positive.OFFSET_FIELD_NUMBER << 3))
    return join(tag, varints(zigzag), counts.embed(_Positive.BUCKET_COUNTS_FIELD_NUMBER))


def _summaries(points: SummaryPoints, attributes: PointAttributes) -> Cells:
    field = length_tag(SummaryDataPoint.QUANTILE_VALUES_FIELD_NUMBER)
    columns = zip(points.quantiles, points.values.T, strict=True)
    values = [
        Cells.words(field + b"\x12" + _quantile(quantile), _bits(column))
        for quantile, column in columns
    ]
    return join(
        _times(points.series, points.scrapes),
        _totals(points.shape),
        *values,
        *attributes.cells(points.series, points.scrapes.time.shape[1]),
    )


def _quantile(quantile: float) -> bytes:
    """Return the first 10 of the 18 bytes of a quantile: all but its value."""
    bits = np.array([quantile], "<f8").tobytes()
    first = fixed64_tag(_Quantile.QUANTILE_FIELD_NUMBER) + bits
    return first + fixed64_tag(_Quantile.VALUE_FIELD_NUMBER)


def _times(series: SeriesTable, scrapes: Scrapes) -> Cells:
    """Return start and time, which have the same numbers in all types of points."""
    return join(
        Cells.words(
            fixed64_tag(NumberDataPoint.START_TIME_UNIX_NANO_FIELD_NUMBER),
            _starts(series, scrapes),
        ),
        Cells.words(fixed64_tag(NumberDataPoint.TIME_UNIX_NANO_FIELD_NUMBER), _bits(scrapes.time)),
    )


def _totals(shape: Distribution) -> Cells:
    """Return count and sum, which have the same numbers in all distributions."""
    return join(
        Cells.words(fixed64_tag(HistogramDataPoint.COUNT_FIELD_NUMBER), _bits(shape.count)),
        Cells.words(fixed64_tag(HistogramDataPoint.SUM_FIELD_NUMBER), _bits(shape.sum)),
    )


def _starts(series: SeriesTable, scrapes: Scrapes) -> U64:
    """Return where each point's interval starts."""
    return _bits(np.where(series.is_delta()[:, None], scrapes.previous, scrapes.begin[:, None]))


def _measured_exemplars(exemplars: Exemplars, number: int, count: int) -> list[Cells]:
    """Return exemplars of histograms, whose values are doubles whatever is measured."""
    return _exemplars(exemplars, np.zeros(len(exemplars.rows), np.bool_), number, count)


def _exemplars(exemplars: Exemplars, is_int: Bools, number: int, count: int) -> list[Cells]:
    """Return the exemplars of `count` points as field `number`; none if there are none at all."""
    if not len(exemplars.rows):
        return []
    whole = _bits(exemplars.values.astype(np.int64))
    fill = {
        "time": _bits(exemplars.time),
        "value": np.where(is_int, whole, _bits(exemplars.values)),
    }
    message = join(
        Cells.pick(_EXEMPLAR_HEADS, is_int.astype(np.int64), fill),
        Cells.words(_id_tag(Exemplar.SPAN_ID_FIELD_NUMBER, 8), exemplars.span_id),
        Cells.words(
            _id_tag(Exemplar.TRACE_ID_FIELD_NUMBER, 16),
            exemplars.trace_high,
            exemplars.trace_low,
        ),
    )
    return [spread(solid(message.embed(number)), exemplars.rows, count)]


def _id_tag(number: int, size: int) -> bytes:
    return length_tag(number) + varint(size)


def _head_fragments() -> Fragments:
    """Return start, time and value: without or with a start, times double or integer."""
    start = fixed64_tag(NumberDataPoint.START_TIME_UNIX_NANO_FIELD_NUMBER) + _WORD
    time = fixed64_tag(NumberDataPoint.TIME_UNIX_NANO_FIELD_NUMBER) + _WORD
    values = (NumberDataPoint.AS_DOUBLE_FIELD_NUMBER, NumberDataPoint.AS_INT_FIELD_NUMBER)
    heads = [
        first + time + fixed64_tag(number) + _WORD for number in values for first in (b"", start)
    ]
    starts, times, ends = ([-1, 1, -1, 1], [1, 10, 1, 10], [10, 19, 10, 19])
    return Fragments.of(heads, {"start": starts, "time": times, "value": ends})


def _exemplar_fragments() -> Fragments:
    """Return time and value, double or integer."""
    time = fixed64_tag(Exemplar.TIME_UNIX_NANO_FIELD_NUMBER) + _WORD
    values = (Exemplar.AS_DOUBLE_FIELD_NUMBER, Exemplar.AS_INT_FIELD_NUMBER)
    heads = [time + fixed64_tag(number) + _WORD for number in values]
    return Fragments.of(heads, {"time": [1, 1], "value": [10, 10]})


def _bits(values: I64 | F64) -> U64:
    """Return each value's eight bytes as a word, row after row."""
    return np.ascontiguousarray(values).reshape(-1).view(np.uint64)


_NUMBER_HEADS = _head_fragments()
_EXEMPLAR_HEADS = _exemplar_fragments()
