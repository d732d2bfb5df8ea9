"""Gives times to the spans of a traces file that have their timing as attributes."""

import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from telemetry_common.foreign.attributes import PREFIX, SpanTiming, read_timing
from telemetry_common.foreign.chunks import Chunk, chunks
from telemetry_common.foreign.edits import Edits
from telemetry_common.foreign.epochs import Epochs
from telemetry_common.ids import U64
from telemetry_common.planning.wire import FIXED64, Bytes, Flags, Offsets
from telemetry_common.scratch import mapped_scratch

_START, _END = 7, 8
_START_TAG, _END_TAG = (np.uint8(number << 3 | FIXED64) for number in (_START, _END))
_TIME_BYTES = 9


def with_times(data: mmap.mmap, path: Path) -> mmap.mmap:
    """Return a traces file without template attributes: `data` itself where it has none.

    A span with `_template.start_offset_nanos` and `_template.duration_nanos` gets a start and an
    end instead, in place of those it may have; the offset counts from the earliest start of the
    trace's other spans, else from 1. All attributes whose key begins with `_template.` are left
    out; all other bytes stay as they are, except the lengths around what changed. The file is
    written chunk by chunk to a nameless file beside `path`.

    Raises WireError where the bytes are not protobuf, TemplateError for a span whose attributes
    are not a time, and RunError when there is no room for the copy.
    """
    if data.find(PREFIX) < 0:
        return data
    view = np.frombuffer(data, np.uint8)
    epochs = _read_epochs(view, path)
    if epochs is None:
        return data
    return mapped_scratch(path.parent, lambda: _rewritten(view, path, epochs), len(data))


def _read_epochs(data: Bytes, path: Path) -> Epochs | None:
    """Return the epochs of all traces; None where no span has a template attribute."""
    parts: list[Epochs] = []
    found = False
    for chunk in chunks(data):
        timing = read_timing(data, chunk.spans.values(), str(path))
        found = found or len(timing.attributes) > 0
        parts.append(_epochs(data, timing))
    return Epochs.merged(parts) if found else None


def _epochs(data: Bytes, timing: SpanTiming) -> Epochs:
    """Return the epochs that the spans with times of their own give."""
    starts = timing.times.select(timing.times.number == _START)
    value = np.zeros(len(timing.timed), np.uint64)
    place = starts.start[:, np.newaxis] + np.arange(8)
    value[starts.owner] = data[place].view("<u8")[:, 0]
    tell = ~timing.timed & (value != 0) & (timing.trace_id != b"")
    return Epochs.earliest(timing.trace_id[tell], value[tell])


def _rewritten(data: Bytes, path: Path, epochs: Epochs) -> Iterator[memoryview]:
    for chunk in chunks(data):
        timing = read_timing(data, chunk.spans.values(), str(path))
        if len(timing.attributes):
            yield _retimed(data, chunk, timing, epochs)
        else:
            yield data[chunk.start : chunk.end].data


def _retimed(data: Bytes, chunk: Chunk, timing: SpanTiming, epochs: Epochs) -> memoryview:
    edits = Edits.of(data, chunk.start, chunk.end)
    removed = _leave_out(edits, timing, len(chunk.spans))
    _write_times(edits, timing, epochs)
    for messages, holders in ((chunk.spans, chunk.scopes), (chunk.scopes, chunk.resources)):
        shorter = edits.shrink(messages, removed)
        removed = _sums(messages.owner, shorter, len(holders))
    edits.shrink(chunk.resources, removed)
    return edits.joined()


def _leave_out(edits: Edits, timing: SpanTiming, spans: int) -> Offsets:
    """Leave out template attributes and old times; return how much each span loses.

    New times take the first bytes of the offset's attribute, whose key alone is longer.
    """
    attributes, start = timing.attributes, timing.attributes.tag.copy()
    start[timing.offset.row[timing.timed]] += 2 * _TIME_BYTES
    edits.leave_out(start, attributes.end)
    old = timing.times.select(timing.timed[timing.times.owner])
    edits.leave_out(old.tag, old.end)
    removed = _sums(attributes.owner, attributes.end - start, spans)
    return removed + _sums(old.owner, old.end - old.tag, spans)


def _write_times(edits: Edits, timing: SpanTiming, epochs: Epochs) -> None:
    timed = timing.timed
    at = timing.attributes.tag[timing.offset.row[timed]]
    start = epochs.of(timing.trace_id[timed]) + _unsigned(timing.offset.value, timed)
    edits.put(at, np.full(len(at), _START_TAG))
    edits.put_word(at + 1, start)
    edits.put(at + _TIME_BYTES, np.full(len(at), _END_TAG))
    edits.put_word(at + _TIME_BYTES + 1, start + _unsigned(timing.duration.value, timed))


def _unsigned(values: Offsets, rows: Flags) -> U64:
    return values[rows].astype(np.uint64)


def _sums(owner: Offsets, values: Offsets, owners: int) -> Offsets:
    """Return the sum of the values of each owner, shape (owners,)."""
    sums = np.zeros(owners, np.int64)
    np.add.at(sums, owner, values)
    return sums
