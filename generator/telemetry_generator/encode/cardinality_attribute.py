"""An attribute with a given number of distinct values: what blows indexes up."""

import numpy as np

from telemetry_common.ids import derive_key
from telemetry_generator.config.span_content import CardinalityConfig
from telemetry_generator.draws import I64, below, chance, child_keys, draw
from telemetry_generator.encode.cells import Cells, Fragments, spread
from telemetry_generator.encode.holes import decimal_words
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.traces.table import SpanTable

_PURPOSE = 112
_CHANCE, _VALUE = range(2)
_MARKER = "\x02number0"


class CardinalityAttribute:
    """The attribute `key` with values `<last word of the key>-00000000`, …, all as frequent."""

    def __init__(self, config: CardinalityConfig) -> None:
        self._config = config
        self._ordinal = derive_key(0, "cardinality", config.key) >> 33
        word = config.key.rpartition(".")[2]
        data = attribute_bytes(SPAN_ATTRIBUTES, ((config.key, f"{word}-{_MARKER}"),))
        self._fragment = Fragments.of([data], {"number": [data.index(_MARKER.encode())]})

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the attribute of each row that carries it."""
        keys = child_keys(draw(table.key[rows], _PURPOSE), np.full(len(rows), self._ordinal))
        places = np.flatnonzero(
            chance(draw(keys, _CHANCE), round(self._config.percentage * 10_000))
        )
        values = below(draw(keys[places], _VALUE), self._config.values)
        fill = {"number": decimal_words(values)}
        chosen = Cells.pick(self._fragment, np.zeros(len(places), np.int64), fill)
        return spread(chosen, places, len(rows))
