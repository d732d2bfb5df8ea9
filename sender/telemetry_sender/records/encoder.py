"""Makes whole records of stamped blocks, without reading an event anew."""

from collections.abc import Iterator

from telemetry_common.planning.cut import Block
from telemetry_common.planning.words import Words, view_words
from telemetry_common.template import Template
from telemetry_sender.events.model import Spot
from telemetry_sender.records.base import Ends, RecordBatch, Records
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.filling import fill
from telemetry_sender.records.forms import PAD
from telemetry_sender.records.layouts import BlockLayout, Layouts

_COPIED_PER_PADDING = 22
"""Bytes that are looked at one by one in the time it takes to look for the next byte of padding
and to copy what is before it at once."""


class RecordEncoder:
    """Writes the blocks of one template in one dialect; one at a time."""

    def __init__(self, template: Template, dialect: Dialect) -> None:
        """Prepare to write. Raises ValueError for profiles, which have no records."""
        self._events = template.plan.events
        self._layouts = Layouts(template, dialect)

    def prepare(self, block: Block) -> None:
        """Lay out a block ahead of its first pass.

        Raises TemplateError where the template holds bytes that are not protobuf.
        """
        self._layouts.prepare(block)

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> RecordBatch:
        """Return the records of a block as it is stamped for this pass (from 0).

        Raises TemplateError as `prepare` does.
        """
        words = view_words(stamped, len(stamped))
        before = pass_number * self._events + block.first
        layout = self._layouts.open(block)
        ends = fill(layout, words, before)
        if ends is None:
            layout = self._layouts.final(stamped)
            ends = fill(layout, words, before)
        assert ends is not None, "a value that does not change needs no field"
        return RecordBatch(_records(layout, words, ends))


def _records(layout: BlockLayout, words: Words, ends: Ends) -> Iterator[Records]:
    """Yield the records of each stream, which end at `ends` when padding is taken out."""
    first = start = gone = 0
    for portion in layout.portions:
        last = first + portion.records
        end = int(layout.ends[last - 1])
        own = ends[first:last] - gone
        yield Records(
            stream=portion.stream,
            data=_unpadded(layout.text[start:end], int(own[-1])),
            ends=own,
            time=_time(portion.first_time, words),
            events=portion.records,
        )
        first, start, gone = last, end, int(ends[last - 1])


def _unpadded(text: memoryview, size: int) -> bytes:
    """Return a text without its padding, which is `size` bytes then."""
    data = bytes(text)
    padding = len(data) - size
    if not padding:
        return data
    is_sparse = padding * _COPIED_PER_PADDING < len(data)
    data = data.replace(PAD, b"") if is_sparse else data.translate(None, PAD)
    assert len(data) == size, "a text beside the fields holds PAD"
    return data


def _time(spot: Spot | None, words: Words) -> int:
    if spot is None:
        return 0
    return int(words.integer[spot.at]) if spot.is_slot else int(spot.value)
