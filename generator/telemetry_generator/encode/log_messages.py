"""Log messages column by column: literals and values of parameters, chosen by index and joined."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, child_keys, draw
from telemetry_generator.encode.cells import Cells, Fragments, Objects, join
from telemetry_generator.encode.log_values import ValueTable
from telemetry_generator.logs.catalogue import Catalogue
from telemetry_generator.logs.parameters import NOTHING, Parameter
from telemetry_generator.logs.patterns import MOST_PARAMETERS
from telemetry_generator.logs.purposes import Purpose

_NONE = 0
"""The number of the parameter that stands for nothing."""


class MessageTable:
    """The messages of a catalogue, with names of the generated world where they ask for them."""

    def __init__(self, catalogue: Catalogue, world: Iterable[Parameter]) -> None:
        known = {**catalogue.parameters, **{one.name: one for one in world}}
        used = sorted({name for one in catalogue.patterns for name in one.parameters})
        places = {name: number for number, name in enumerate(used, start=1)}
        self._values = ValueTable([NOTHING, *(known[name] for name in used)])
        self._counts = np.array([len(one.parameters) for one in catalogue.patterns], np.int64)
        self._parameters = _matrix(
            [places[name] for name in one.parameters] for one in catalogue.patterns
        )
        # A parameter that comes up again in a message has the same value, which its first place
        # draws.
        self._drawn_at = _matrix(
            [one.parameters.index(name) for name in one.parameters] for one in catalogue.patterns
        )
        self._literals = Fragments.of(
            [text.encode() for one in catalogue.patterns for text in one.literals]
        )
        self._first_literal = np.cumsum(self._counts + 1) - (self._counts + 1)

    def texts(self, patterns: I64, keys: U64) -> Objects:
        """Return the text of each record as UTF-8 bytes; shape (n,)."""
        texts = np.empty(len(patterns), object)
        counts = self._counts[patterns]
        for count in np.flatnonzero(np.bincount(counts)).tolist():
            rows = np.flatnonzero(counts == count)
            texts[rows] = self._texts(patterns[rows], keys[rows], count)
        return texts

    def attributes(self, number: int, patterns: I64, keys: U64) -> Cells:
        """Return the parameters of each record as attributes, the repeated field `number`."""
        count = int(self._counts[patterns].max(initial=0))
        places = (self._attribute(number, patterns, place, keys) for place in range(count))
        return join(Cells(len(patterns)), *places)

    def _texts(self, patterns: I64, keys: U64, count: int) -> list[bytes]:
        """Return the texts of messages that have `count` parameters."""
        first = self._first_literal[patterns]
        cells = [Cells.pick(self._literals, first)]
        for place in range(count):
            draws = self._draws(patterns, place, keys)
            cells.append(self._values.texts(self._parameters[patterns, place], draws))
            cells.append(Cells.pick(self._literals, first + place + 1))
        return rows_of(join(*cells))

    def _attribute(self, number: int, patterns: I64, place: int, keys: U64) -> Cells:
        parameters = self._parameters[patterns, place]
        draws = self._draws(patterns, place, keys)
        is_new = self._drawn_at[patterns, place] == place
        attribute = self._values.attributes(number, parameters, draws)
        return attribute.where(is_new & (parameters != _NONE))

    def _draws(self, patterns: I64, place: int, keys: U64) -> U64:
        return child_keys(draw(keys, Purpose.PARAMETERS), self._drawn_at[patterns, place])


def rows_of(cells: Cells) -> list[bytes]:
    """Return the bytes of each row."""
    data, starts = cells.render()
    return [data[a:b] for a, b in pairwise(starts.tolist())]


def _matrix(rows: Iterable[Sequence[int]]) -> I64:
    """Return rows of numbers, filled up with 0; shape (rows, MOST_PARAMETERS)."""
    filled = [[*row, *(0 for _ in range(MOST_PARAMETERS - len(row)))] for row in rows]
    return np.array(filled, np.int64).reshape(-1, MOST_PARAMETERS)
