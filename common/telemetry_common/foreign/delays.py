"""Reads from a traces file which spans are to be sent later than the rest of their trace."""

import mmap
from pathlib import Path

import numpy as np

from telemetry_common.foreign.attributes import EMIT_DELAY, read_millis
from telemetry_common.foreign.chunks import chunks
from telemetry_common.late import LateSpans


def read_delays(data: mmap.mmap, path: Path) -> LateSpans | None:
    """Return the spans with a `_template.emit_delay_ms` above zero; None where there are none.

    Raises WireError where the bytes are not protobuf, and TemplateError for a span whose delay is
    not an integer, or out of bounds.
    """
    if data.find(EMIT_DELAY) < 0:
        return None
    view = np.frombuffer(data, np.uint8)
    parts = []
    spans = 0
    for chunk in chunks(view):
        parts.append(read_millis(view, chunk.spans.values(), EMIT_DELAY, str(path)))
        spans += len(chunk.spans)
    delay = np.concatenate([np.empty(0, np.int64), *parts])
    late = np.flatnonzero(delay)
    return LateSpans(late, delay[late]) if len(late) else None
