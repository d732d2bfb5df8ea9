"""Transforms templates when they are opened: once, a few megabytes at a time."""

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path

from telemetry_common.errors import TemplateError
from telemetry_common.scratch import mapped_scratch
from telemetry_common.signals import Signal
from telemetry_sender.streaming.pieces import pieces
from telemetry_sender.transformers.base import Transformer
from telemetry_sender.transformers.stamper import transformed

_PIECE_BYTES = 4 << 20


def transform_template(
    signal: Signal, data: mmap.mmap, path: Path, transformers: Sequence[Transformer]
) -> mmap.mmap:
    """Return what the transformers make of a template, as a nameless file beside `path`.

    Raises WireError where the template is not OTLP, TemplateError when nothing is left of it, and
    RunError when a transformer fails or there is no room.
    """

    def rewritten() -> Iterator[bytes]:
        for piece in pieces(_blocks(data), _PIECE_BYTES):
            changed = piece
            for transformer in transformers:
                changed = transformed(transformer, signal, changed)
            yield changed

    try:
        return mapped_scratch(path.parent, rewritten, len(data))
    except ValueError as error:
        if type(error) is not ValueError:
            raise  # a WireError, which says where
        problem, fix = "the transformers leave nothing of it", "correct them, or leave them out"
        raise TemplateError(str(path), problem, fix) from None


def _blocks(data: mmap.mmap) -> Iterator[bytes]:
    for start in range(0, len(data), _PIECE_BYTES):
        yield data[start : start + _PIECE_BYTES]
