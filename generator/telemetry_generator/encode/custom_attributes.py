"""Custom attributes on some of the spans: one to three of many."""

import numpy as np

from telemetry_generator.config.span_content import CustomAttributesConfig
from telemetry_generator.draws import I64, below, chance, draw
from telemetry_generator.encode.cells import Cells, join, spread
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.custom import VALUES, custom_key, custom_value
from telemetry_generator.traces.table import SpanTable

_MOST = 3
_CHANCE, _HOW_MANY, _FIRST, _STEP, _VALUE = range(80, 85)  # purposes of the span's draws


class CustomAttributes:
    """One to three of `count` attributes, different ones, on a share of the spans."""

    def __init__(self, config: CustomAttributesConfig) -> None:
        self._config = config
        self._fragments = LazyFragments(_render)

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the custom attributes of each row."""
        keys = table.key[rows]
        places = np.flatnonzero(
            chance(draw(keys, _CHANCE), round(self._config.percentage * 10_000))
        )
        keys = keys[places]
        count = self._config.count
        how_many = 1 + below(draw(keys, _HOW_MANY), min(_MOST, count))
        # Steps below a half of the count never lead back to an attribute that is taken.
        step = 1 + below(draw(keys, _STEP), max(1, (count - 1) // 2))
        first = below(draw(keys, _FIRST), count)
        columns = [
            self._column(
                (first + nth * step) % count, below(draw(keys, _VALUE + nth), VALUES)
            ).where(how_many > nth)
            for nth in range(_MOST)
        ]
        return spread(join(*columns), places, len(rows))

    def _column(self, attributes: I64, values: I64) -> Cells:
        index = self._fragments.index(attributes * VALUES + values)
        return Cells.pick(self._fragments.table, index)


def _render(code: int) -> Rendered:
    number, choice = divmod(code, VALUES)
    pair = (custom_key(number), custom_value(number, choice))
    return Rendered(attribute_bytes(SPAN_ATTRIBUTES, [pair]))
