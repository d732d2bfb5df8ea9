"""The records of a template's blocks: laid out once, kept for all passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Block
from telemetry_common.planning.wire import Offsets, WireError
from telemetry_common.template import Template
from telemetry_sender.events.model import Spot
from telemetry_sender.events.reader import EventReader
from telemetry_sender.events.times import time_of
from telemetry_sender.records.base import Ends, Stream, stream_of
from telemetry_sender.records.dialect import Dialect, EventWriter
from telemetry_sender.records.forms import Form
from telemetry_sender.records.shared_texts import SharedTexts
from telemetry_sender.records.writer import Fields, Layout, RecordWriter
from telemetry_sender.text.block_bytes import block_bytes
from telemetry_sender.text.slot_offsets import slot_offsets
from telemetry_sender.text.spool import Kept, Spool


@dataclass(frozen=True, slots=True)
class Portion:
    """The records of one stream among those of a block."""

    stream: Stream
    records: int
    first_time: Spot | None
    """When the first of them happened."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What the columns of a layout are: first the ends, then two columns of each form's fields."""

    portions: tuple[Portion, ...]
    slots: tuple[Form, ...]
    counters: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class BlockLayout:
    """The records of a block, stream by stream, to be filled in: gone with the next one."""

    text: memoryview
    ends: Ends
    """Where each record ends in `text`, shape (n,)."""
    portions: Sequence[Portion]
    slots: Sequence[tuple[Form, Fields]]
    """Fields that take their values from the stamped block, those of a form in order."""
    counters: Sequence[tuple[Form, Fields]]


class Layouts:
    """Lays out the blocks of one template in one dialect, and keeps them."""

    def __init__(self, template: Template, dialect: Dialect) -> None:
        """Prepare to write. Raises ValueError for profiles, which have no records."""
        self._template = template
        self._dialect = dialect
        self._reader = EventReader(template.signal, is_lazy=dialect.has_lazy_attributes)
        self._shared = SharedTexts()
        self._spool = Spool[Plot](template.path.parent)

    def prepare(self, block: Block) -> None:
        """Lay out a block ahead of its first pass. Raises TemplateError as `open` does."""
        self._put(block)

    def open(self, block: Block) -> BlockLayout:
        """Return the layout of a block, to fill in.

        Raises TemplateError where the template holds bytes that are not protobuf.
        """
        kept = self._spool.open((block.first, block.last))
        return self._put(block) if kept is None else _opened(kept)

    def final(self, stamped: bytes) -> BlockLayout:
        """Return the layout of a block as it is stamped, in which only counters are to be filled.

        That is slow, and takes any value. Raises TemplateError as `open` does.
        """
        text, plot, columns = _joined(self._laid_out(stamped, frozenset()))
        kept = Kept(memoryview(bytearray(text)), tuple(columns), plot)
        return _opened(kept)

    def _put(self, block: Block) -> BlockLayout:
        slots = slot_offsets(self._template.plan, block)
        layouts = self._laid_out(block_bytes(self._template, block), slots)
        text, plot, columns = _joined(layouts)
        return _opened(self._spool.put((block.first, block.last), plot, text, columns))

    def _laid_out(self, data: bytes, slots: frozenset[int]) -> Mapping[Stream, Layout]:
        try:
            return self._written(data, slots)
        except WireError as error:
            signal = self._template.signal
            problem = f"a request from it is not OTLP {signal}: {error.problem}"
            place, fix = str(self._template.path), "generate the set again"
            raise TemplateError(place, problem, fix) from None

    def _written(self, data: bytes, slots: frozenset[int]) -> Mapping[Stream, Layout]:
        writers: dict[Stream, tuple[RecordWriter, EventWriter]] = {}
        for number, event in enumerate(self._reader.read(data, slots)):
            stream = stream_of(event)
            found = writers.get(stream)
            if found is None:
                out = RecordWriter(time_of(event), self._shared)
                found = writers[stream] = out, self._dialect.writers[stream]
            out, write = found
            out.begin(number)
            write(event, out)
            out.end()
        return {stream: writers[stream][0].layout() for stream in Stream if stream in writers}


def _joined(layouts: Mapping[Stream, Layout]) -> tuple[bytes, Plot, list[Offsets]]:
    """Return the text of several layouts, and what there is in it as columns."""
    parts = list(layouts.values())
    starts = np.cumsum([0, *(len(part.text) for part in parts)]).tolist()
    ends = [part.ends + start for part, start in zip(parts, starts, strict=False)]
    slots = _joined_fields([part.slots for part in parts], starts)
    counters = _joined_fields([part.counters for part in parts], starts)
    portions = [Portion(name, len(each.ends), each.first_time) for name, each in layouts.items()]
    columns = [
        np.concatenate([np.empty(0, np.int64), *ends]),
        *(column for _, fields in (*slots, *counters) for column in (fields.source, fields.text)),
    ]
    plot = Plot(tuple(portions), _forms(slots), _forms(counters))
    return b"".join(part.text for part in parts), plot, columns


def _forms(fields: Sequence[tuple[Form, Fields]]) -> tuple[Form, ...]:
    return tuple(form for form, _ in fields)


def _joined_fields(
    parts: Sequence[Mapping[Form, Fields]], starts: Sequence[int]
) -> list[tuple[Form, Fields]]:
    """Return the fields of each form in all parts, which start there in the whole text."""
    found: dict[Form, list[Fields]] = {}
    for part, start in zip(parts, starts, strict=False):
        for form, fields in part.items():
            found.setdefault(form, []).append(Fields(fields.source, fields.text + start))
    return [
        (
            form,
            Fields(
                np.concatenate([each.source for each in fields]),
                np.concatenate([each.text for each in fields]),
            ),
        )
        for form, fields in found.items()
    ]


def _opened(kept: Kept[Plot]) -> BlockLayout:
    plot = kept.label
    pairs = zip(kept.columns[1::2], kept.columns[2::2], strict=True)
    fields = [Fields(source, text) for source, text in pairs]
    middle = len(plot.slots)
    return BlockLayout(
        text=kept.text,
        ends=kept.columns[0],
        portions=plot.portions,
        slots=list(zip(plot.slots, fields[:middle], strict=True)),
        counters=list(zip(plot.counters, fields[middle:], strict=True)),
    )
