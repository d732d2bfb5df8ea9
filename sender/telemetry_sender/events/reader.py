"""Reads the events of a block, once, ahead of all passes.

The bytes are read as a parser of protobuf would: parts of a message merged, fields that come again
overridden, unknown ones dropped.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Protocol

from telemetry_common.planning.wire import LENGTH, WireError
from telemetry_common.signals import Signal
from telemetry_sender.events.attributes import AttributeReader
from telemetry_sender.events.block_bytes import BlockBytes
from telemetry_sender.events.logs import LogReader
from telemetry_sender.events.metrics import MetricReader
from telemetry_sender.events.model import Event
from telemetry_sender.events.origins import Origin, OriginReader
from telemetry_sender.events.spans import SpanReader
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Row


class _ItemReader(Protocol):
    """Reads what a scope holds: a span, a log record, or a metric with all its points."""

    def read(self, block: BlockBytes, origin: Origin, row: Row) -> Iterable[Event]: ...


_READERS: Mapping[Signal, Callable[[AttributeReader], _ItemReader]] = {
    Signal.TRACES: SpanReader,
    Signal.METRICS: MetricReader,
    Signal.LOGS: LogReader,
}

# These messages have the same fields whatever the signal: what they are of, what they hold.
_ROOT = MessageReader.of("TracesData")
_RESOURCE = MessageReader.of("ResourceSpans")
_SCOPE = MessageReader.of("ScopeSpans")


class EventReader:
    """Reads blocks of one signal; remembers what their events have in common."""

    def __init__(self, signal: Signal, *, is_lazy: bool = False) -> None:
        """Prepare to read. Raises ValueError for profiles, the events of which stand for nothing.

        A sample means something only together with the tables of its whole file. With `is_lazy`,
        long lists of an event's attributes are read only when they are asked for.
        """
        if signal not in _READERS:
            raise ValueError(f"{signal} have no events of their own")
        self._origins = OriginReader(AttributeReader())
        self._items = _READERS[signal](AttributeReader(is_lazy=is_lazy))

    def read(self, data: bytes, slots: Container[int] = frozenset()) -> Iterator[Event]:
        """Yield the events of the export request `data` in the order of the wire.

        A stamper changes the values that begin at the offsets `slots`. Raises WireError where the
        bytes are not protobuf, or nested beyond what Python can follow.
        """
        try:
            yield from self._events(BlockBytes(data, slots))
        except IndexError:
            raise WireError(len(data), "message ends within a field") from None
        except RecursionError:
            raise WireError(0, "messages nested too deeply") from None

    def _events(self, block: BlockBytes) -> Iterator[Event]:
        data, read = block.data, self._items.read
        for part in _ROOT.read(data, [(0, len(data), LENGTH)]).get(1, ()):
            held = _RESOURCE.read(data, [part])
            resource = self._origins.resource(data, held.get(1, ()))
            for each in held.get(2, ()):
                inner = _SCOPE.read(data, [each])
                origin = Origin(resource, self._origins.scope(data, inner.get(1, ())))
                for row in inner.get(2, ()):
                    yield from read(block, origin, row)
