"""Fat spans: many long attributes, as some applications write."""

import numpy as np

from telemetry_common.ids import U64, derive_key
from telemetry_generator.config.span_content import FatSpansConfig
from telemetry_generator.draws import I64, below, chance, child_keys, draw
from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    fold,
    join,
    length_tag,
    spread,
    varint,
)
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES
from telemetry_generator.keyed import Stream
from telemetry_generator.traces.table import SpanTable

_TEXTS = 64
_CHANCE, _HOW_MANY, _TEXT = range(96, 99)  # purposes of the span's draws
_SYLLABLES = tuple(first + second for first in "bdklmnr" for second in "aeio")


class FatAttributes:
    """Attributes `<prefix>.1`, `<prefix>.2`, … of a given length on a share of the spans."""

    def __init__(self, config: FatSpansConfig) -> None:
        self._config = config
        texts = [_text(number, config.value_bytes) for number in range(_TEXTS)]
        self._texts = Fragments.of(texts)
        self._heads = Fragments.of(
            [_head(key, config.value_bytes) for key in config.attribute_keys()]
        )

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the long attributes of each row."""
        keys = table.key[rows]
        config = self._config
        spread_of = config.per_span_max - config.per_span_min + 1
        counts = config.per_span_min + below(draw(keys, _HOW_MANY), spread_of)
        counts *= chance(draw(keys, _CHANCE), round(config.percentage * 10_000))
        places = np.flatnonzero(counts)
        return spread(self._attributes(keys[places], counts[places]), places, len(rows))

    def _attributes(self, keys: U64, counts: I64) -> Cells:
        """Return `counts` attributes for each key, one after another."""
        owners = np.repeat(np.arange(len(counts)), counts)
        numbers = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        texts = below(child_keys(draw(keys, _TEXT)[owners], numbers), _TEXTS)
        attributes = join(Cells.pick(self._heads, numbers), Cells.pick(self._texts, texts))
        return fold(attributes, owners, len(counts))


def _text(number: int, size: int) -> bytes:
    """Return words of `size` bytes altogether."""
    stream = Stream(derive_key(0, "fat"), number)
    words: list[str] = []
    length = 0
    while length < size:
        words.append("".join(stream.pick(_SYLLABLES) for _ in range(2 + stream.below(3))))
        length += len(words[-1]) + 1
    return " ".join(words).ljust(size, "a")[:size].encode()


def _head(key: str, size: int) -> bytes:
    """Return everything of an attribute but its text: tags and lengths around the key."""
    name = key.encode()
    value = length_tag(1) + varint(size)
    pair = length_tag(1) + varint(len(name)) + name + length_tag(2) + varint(len(value) + size)
    return length_tag(SPAN_ATTRIBUTES) + varint(len(pair) + len(value) + size) + pair + value
