"""Words for holes, and tables of fragments that grow."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from telemetry_generator.encode.cells import Cells, join, solid, spread
from telemetry_generator.encode.holes import decimal_words, hex_words, int_words
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered


@given(st.integers(0, 10**8 - 1))
def test_eight_decimal_digits(number: int) -> None:
    assert decimal_words(np.array([number])).astype("<u8").tobytes() == b"%08d" % number


@given(st.integers(0, 2**64 - 1))
def test_eight_hexadecimal_digits(value: int) -> None:
    words = hex_words(np.array([value], np.uint64))
    assert words.astype("<u8").tobytes() == b"%08x" % (value & 0xFFFF_FFFF)


@given(st.integers(1 << 28, (1 << 35) - 1))
def test_an_integer_of_five_bytes(value: int) -> None:
    expected = KeyValue()
    expected.value.int_value = value
    assert int_words(np.array([value])).astype("<u8").tobytes() == expected.SerializeToString()


def test_fragments_are_rendered_once_and_when_needed() -> None:
    made: list[int] = []

    def render(code: int) -> Rendered:
        made.append(code)
        return Rendered(b"%d" % code, {"even": 0} if code % 2 == 0 else {})

    fragments = LazyFragments(render, ("even",))
    assert fragments.table.holes["even"].tolist() == []
    for codes in ([5, 2, 5], [2, 9, 5]):
        index = fragments.index(np.array(codes))
        assert fragments.table.items[index].tolist() == [b"%d" % code for code in codes]
        expected = [0 if code % 2 == 0 else -1 for code in codes]
        assert fragments.table.holes["even"][index].tolist() == expected
    assert sorted(made) == [2, 5, 9]


def _rows(cells: Cells) -> list[bytes]:
    data, starts = cells.render()
    return [data[a:b] for a, b in pairwise(starts.tolist())]


@given(st.sets(st.integers(0, 9)))
def test_spread_cells_stand_at_their_rows_alone(chosen: set[int]) -> None:
    rows = np.array(sorted(chosen), np.int64)
    words = rows.astype(np.uint64) + np.uint64(1)
    few = join(Cells.constant(len(rows), b"<"), Cells.words(b"=\0", words))
    expected = [
        b"<=\0" + (row + 1).to_bytes(8, "little") if row in chosen else b"" for row in range(10)
    ]
    assert _rows(spread(few, rows, 10)) == expected
    assert _rows(spread(solid(few), rows, 10)) == expected
