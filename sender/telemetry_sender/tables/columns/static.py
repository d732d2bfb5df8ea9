"""Columns that are the same in every pass: they are decoded once, and passes share their memory."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Column, Source, StampedRows, Starts

TEXT = pa.dictionary(pa.int32(), pa.string())
"""All text that is the same in every pass: each distinct one is there once."""

_LONG = 64
_RECENT = 1 << 10


@dataclass(frozen=True, slots=True)
class Static:
    """The values of all rows of a template."""

    values: pa.Array

    @property
    def type(self) -> pa.DataType:
        """What the values are."""
        return self.values.type

    def array(self, stamped: StampedRows, rows: slice) -> pa.Array:  # noqa: ARG002
        """Return these rows without a copy."""
        return self.values.slice(rows.start, rows.stop - rows.start)

    def repeated(self, times: int) -> "Static":
        """Return the values as often."""
        return Static(pa.concat_arrays([self.values] * times))


class TextBuilder:
    """Text, each distinct one once.

    Of long ones no more is remembered than their hash: there may be one for each event.
    """

    def __init__(self, get: Callable[[Any], str | None]) -> None:
        self._get = get
        self._codes = array("i")
        self._recent: dict[str | None, int] = {}
        self._code_of: dict[str | bytes | None, int] = {None: -1}
        self._new: list[str] = []
        self._texts: list[pa.Array] = []

    def add(self, events: Sequence[Any], starts: Starts) -> None:  # noqa: ARG002
        """Take in the text of each event; None has no text."""
        self._codes.extend(map(self._code, map(self._get, events)))
        self._texts.append(pa.array(self._new, pa.string()))
        self._new = []

    def finish(self) -> Source:
        """Return the texts in the order in which they first came."""
        codes = np.array(self._codes, np.int32)
        # Readers check also codes that count for nothing: polars refuses -1.
        indices = pa.array(np.maximum(codes, 0), pa.int32(), mask=codes < 0)
        texts = pa.concat_arrays([pa.array([], pa.string()), *self._texts])
        return Static(pa.DictionaryArray.from_arrays(indices, texts))

    def _code(self, text: str | None) -> int:
        code = self._recent.get(text)
        if code is None:
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            code = self._recent[text] = self._found(text)
        return code

    def _found(self, text: str | None) -> int:
        """Return the code of a text, a new one where it comes for the first time."""
        key = text if text is None or len(text) < _LONG else _hashed(text)
        code = self._code_of.get(key)
        if code is None:
            code = self._code_of[key] = len(self._code_of) - 1
            self._new.append(text or "")
        return code


def _hashed(text: str) -> bytes:
    """Return what stands for a text: no two of 2^64 texts are likely to share it."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class ValueBuilder:
    """Numbers, flags or lists of a type that is known."""

    def __init__(self, get: Callable[[Any], Any], type_: pa.DataType) -> None:
        self._get = get
        self._type = type_
        self._chunks: list[pa.Array] = []

    def add(self, events: Sequence[Any], starts: Starts) -> None:  # noqa: ARG002
        """Take in the value of each event; None is no value."""
        self._chunks.append(pa.array(list(map(self._get, events)), self._type))

    def finish(self) -> Source:
        """Return all values in one piece."""
        return Static(pa.concat_arrays(self._chunks or [pa.array([], self._type)]))


def text(name: str, doc: str, get: Callable[[Any], str | None]) -> Column:
    """Return a column of text that comes again and again."""
    return Column(name, doc, TEXT, lambda: TextBuilder(get))


def value(name: str, doc: str, type_: pa.DataType, get: Callable[[Any], Any]) -> Column:
    """Return a column of values of `type_`."""
    return Column(name, doc, type_, lambda: ValueBuilder(get, type_))
