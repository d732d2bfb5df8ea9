"""Reads metrics and, in the order of the wire, their data points."""

from collections.abc import Iterator, Mapping

from telemetry_common.planning.layout import (
    EXPONENTIAL_HISTOGRAM,
    GAUGE,
    HISTOGRAM,
    SUM,
    SUMMARY,
)
from telemetry_sender.events import scalars
from telemetry_sender.events.attributes import AttributeReader
from telemetry_sender.events.block_bytes import BlockBytes
from telemetry_sender.events.memo import Memo
from telemetry_sender.events.model import Metric, Point
from telemetry_sender.events.origins import Origin
from telemetry_sender.events.points import PointReader
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Fields, Row

_METRIC = MessageReader.of("Metric")
_KINDS: Mapping[int, tuple[str, MessageReader]] = {
    GAUGE: ("gauge", MessageReader.of("Gauge")),
    SUM: ("sum", MessageReader.of("Sum")),
    HISTOGRAM: ("histogram", MessageReader.of("Histogram")),
    EXPONENTIAL_HISTOGRAM: (
        "exponential_histogram",
        MessageReader.of("ExponentialHistogram"),
    ),
    SUMMARY: ("summary", MessageReader.of("Summary")),
}
_TEMPORALITIES = {1: "delta", 2: "cumulative"}
_Traits = tuple[str, str, str, str, str, bool]


class MetricReader:
    """Reads metrics; those that say the same of their points are one object."""

    def __init__(self, attributes: AttributeReader) -> None:
        self._points = PointReader(attributes)
        self._metrics: Memo[_Traits, Metric] = Memo(lambda traits: Metric(*traits), _size)

    def read(self, block: BlockBytes, origin: Origin, row: Row) -> Iterator[Point]:
        """Yield the points of the metric in this row. Raises WireError or IndexError."""
        found = _METRIC.read(block.data, [row])
        # They are members of a oneof, so there is at most one.
        for number in found.keys() & _KINDS.keys():
            kind, reader = _KINDS[number]
            held = reader.read(block.data, found[number])
            metric = self._metric(block.data, found, kind, held)
            for point in held.get(1, ()):
                yield self._points.read(block, origin, metric, point)

    def _metric(self, data: bytes, found: Fields, kind: str, held: Fields) -> Metric:
        temporality = scalars.signed(data, held.get(2, ()))
        traits = (
            scalars.text(data, found.get(1)),
            scalars.text(data, found.get(2)),
            scalars.text(data, found.get(3)),
            kind,
            _TEMPORALITIES.get(temporality, ""),
            bool(scalars.unsigned(data, held.get(3, ()))),
        )
        return self._metrics[traits]


def _size(traits: _Traits) -> int:
    name, description, unit, *_ = traits
    return len(name) + len(description) + len(unit)
