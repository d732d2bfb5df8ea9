"""Values of log parameters: in texts as they are, in attributes with their type."""

from collections.abc import Iterable, Sequence

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below
from telemetry_generator.encode.cells import Cells, Fragments, join, solid, spread, varint
from telemetry_generator.logs.parameters import Parameter

_HALF = np.uint64(32)
_INT_VALUE = b"\x18"  # AnyValue.int_value
_MASK = (1 << 64) - 1


class ValueTable:
    """The values of numbered parameters, rendered once."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self._heads = _Tables(one.heads for one in parameters)
        self._tails = _Tables(one.tails for one in parameters)
        numbers = [one.heads if one.is_number else () for one in parameters]
        self._is_number = np.array([len(heads) > 0 for heads in numbers], np.bool_)
        self._numbers = Fragments.of([_integer(text) for heads in numbers for text in heads])
        self._first_number = _starts([len(heads) for heads in numbers])
        self._keys = Fragments.of([KeyValue(key=one.key).SerializeToString() for one in parameters])

    def texts(self, parameters: I64, draws: U64) -> Cells:
        """Return a value of each row's parameter, as text."""
        return join(
            self._heads.pick(parameters, draws), self._tails.pick(parameters, draws << _HALF)
        )

    def attributes(self, number: int, parameters: I64, draws: U64) -> Cells:
        """Return the same values as attributes: field `number` of a message."""
        whole = self._is_number[parameters]
        numbers, texts = np.flatnonzero(whole), np.flatnonzero(~whole)
        count = len(parameters)
        chosen = below(draws[numbers], self._heads.counts[parameters[numbers]])
        value = join(
            spread(
                Cells.pick(self._numbers, self._first_number[parameters[numbers]] + chosen),
                numbers,
                count,
            ),
            spread(solid(self.texts(parameters[texts], draws[texts]).embed(1)), texts, count),
        )
        return join(Cells.pick(self._keys, parameters), value.embed(2)).embed(number)


class _Tables:
    """Tables of texts, one after another; a table that several parameters share is kept once."""

    def __init__(self, tables: Iterable[tuple[str, ...]]) -> None:
        firsts: dict[tuple[str, ...], int] = {}
        items: list[bytes] = []
        numbered = list(tables)
        for table in numbered:
            if table not in firsts:
                firsts[table] = len(items)
                items += [text.encode() for text in table]
        self._fragments = Fragments.of(items)
        self._firsts = np.array([firsts[table] for table in numbered], np.int64)
        self.counts = np.array([len(table) for table in numbered], np.int64)

    def pick(self, numbers: I64, draws: U64) -> Cells:
        """Return a text from the table of each row."""
        return Cells.pick(
            self._fragments, self._firsts[numbers] + below(draws, self.counts[numbers])
        )


def _integer(text: str) -> bytes:
    """Return a whole number as the content of an `AnyValue`; a negative one takes ten bytes."""
    return _INT_VALUE + varint(int(text) & _MASK)


def _starts(sizes: Sequence[int]) -> I64:
    return np.cumsum(sizes) - np.array(sizes, np.int64)
