"""Reads data points of every kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from telemetry_common.planning.wire import LENGTH, VARINT
from telemetry_sender.events import scalars
from telemetry_sender.events.attributes import AttributeReader
from telemetry_sender.events.block_bytes import BlockBytes
from telemetry_sender.events.exemplars import ExemplarReader
from telemetry_sender.events.model import Buckets, Metric, Point, Spot
from telemetry_sender.events.origins import Origin
from telemetry_sender.events.scalars import Rows
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Fields, Row
from telemetry_sender.text.scalars import split_packed

_BUCKETS = MessageReader.of("Buckets")
_QUANTILE = MessageReader.of("ValueAtQuantile")


class _Values(TypedDict, total=False):
    """What points of one kind have beyond what all have."""

    value: Spot | None
    count: Spot | None
    sum: Spot | None
    min: Spot | None
    max: Spot | None
    bucket_counts: Sequence[Spot]
    explicit_bounds: Sequence[float]
    scale: int
    zero_count: Spot | None
    zero_threshold: float
    positive: Buckets | None
    negative: Buckets | None
    quantiles: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where points of one kind keep what all have, and how to read what only they have."""

    reader: MessageReader
    attributes: int
    flags: int
    exemplars: int
    values: Callable[[BlockBytes, Fields], _Values]


class PointReader:
    """Reads data points with the attributes that they share."""

    def __init__(self, attributes: AttributeReader) -> None:
        self._attributes = attributes
        self._exemplars = ExemplarReader(attributes)

    def read(self, block: BlockBytes, origin: Origin, metric: Metric, row: Row) -> Point:
        """Return the point that stands in this row. Raises WireError or IndexError."""
        kind = _KINDS[metric.kind]
        found = kind.reader.read(block.data, [row])
        return Point(
            resource=origin.resource,
            scope=origin.scope,
            metric=metric,
            attributes=self._attributes.read(block.data, found.get(kind.attributes)),
            start=block.time(found.get(2)),
            time=block.time(found.get(3)),
            flags=scalars.unsigned(block.data, found.get(kind.flags), 32),
            exemplars=self._exemplars.read(block, found.get(kind.exemplars, ())),
            **kind.values(block, found),
        )


def _number(block: BlockBytes, found: Fields) -> _Values:
    return {"value": block.real(found.get(4)) or block.integer(found.get(6))}


def _histogram(block: BlockBytes, found: Fields) -> _Values:
    return {
        "count": block.count(found.get(4)),
        "sum": block.real(found.get(5)),
        "bucket_counts": block.counts(found.get(6, ())),
        "explicit_bounds": scalars.doubles(scalars.joined(block.data, found.get(7, ()))),
        "min": block.real(found.get(11)),
        "max": block.real(found.get(12)),
    }


def _exponential(block: BlockBytes, found: Fields) -> _Values:
    return {
        "count": block.count(found.get(4)),
        "sum": block.real(found.get(5)),
        "scale": scalars.zigzag(block.data, found.get(6)),
        "zero_count": block.count(found.get(7)),
        "positive": _buckets(block.data, found.get(8)),
        "negative": _buckets(block.data, found.get(9)),
        "min": block.real(found.get(12)),
        "max": block.real(found.get(13)),
        "zero_threshold": scalars.double(block.data, found.get(14)),
    }


def _summary(block: BlockBytes, found: Fields) -> _Values:
    return {
        "count": block.count(found.get(4)),
        "sum": block.real(found.get(5)),
        "quantiles": tuple([_quantile(block.data, row) for row in found.get(6, ())]),
    }


def _buckets(data: bytes, parts: Rows | None) -> Buckets | None:
    if not parts:
        return None
    found = _BUCKETS.read(data, parts)
    counts = [
        scalars.unsigned(each, [(0, len(each), VARINT)])
        for start, end, wire in found.get(2, ())
        for each in (split_packed(data[start:end], VARINT) if wire == LENGTH else [data[start:end]])
    ]
    return Buckets(scalars.zigzag(data, found.get(1)), tuple(counts))


def _quantile(data: bytes, row: Row) -> tuple[float, float]:
    found = _QUANTILE.read(data, [row]).get
    return scalars.double(data, found(1)), scalars.double(data, found(2))


_NO_FIELD = 0

_NUMBER = _Kind(MessageReader.of("NumberDataPoint"), 7, 8, 5, _number)
_KINDS: Mapping[str, _Kind] = {
    "gauge": _NUMBER,
    "sum": _NUMBER,
    "histogram": _Kind(MessageReader.of("HistogramDataPoint"), 9, 10, 8, _histogram),
    "exponential_histogram": _Kind(
        MessageReader.of("ExponentialHistogramDataPoint"), 1, 10, 11, _exponential
    ),
    "summary": _Kind(MessageReader.of("SummaryDataPoint"), 7, 8, _NO_FIELD, _summary),
}
