"""Values become the text that Python gives them, whatever the values."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.planning.words import view_words
from telemetry_sender.text import digits
from telemetry_sender.text.digits import Cells
from telemetry_sender.text.filling import scatter

words = st.lists(
    st.one_of(
        st.integers(0, 2**64 - 1),
        st.integers(0, 20).map(lambda exponent: min(10**exponent, 2**64 - 1)),
        st.integers(1, 19).map(lambda exponent: 10**exponent - 1),
    ),
    min_size=1,
)
instants = st.lists(st.integers(digits.LEAST_TIME, digits.MOST_TIME), min_size=1)


def lines(cells: Cells) -> list[str]:
    return [bytes(row).decode() for row in cells]


@given(words)
def test_ids_are_hexadecimal(values: list[int]) -> None:
    column = np.array(values, np.uint64)
    assert lines(digits.hexadecimal(column)) == [v.to_bytes(8, "little").hex() for v in values]
    pairs = np.repeat(column, 2).view(np.complex128)
    assert lines(digits.hexadecimal(pairs)) == [2 * v.to_bytes(8, "little").hex() for v in values]


@given(instants)
def test_times_have_19_digits(values: list[int]) -> None:
    cells = digits.times(np.array(values, np.uint64))
    assert cells is not None
    assert lines(cells) == [str(value) for value in values]


@pytest.mark.parametrize("value", [0, 1, 10**18 - 1, 10**19, 2**64 - 1])
def test_times_of_other_ages_have_no_such_text(value: int) -> None:
    assert digits.times(np.array([digits.LEAST_TIME, value], np.uint64)) is None


@given(words)
def test_unsigned_integers_are_followed_by_a_quote_and_spaces(values: list[int]) -> None:
    written = lines(digits.unsigned(np.array(values, np.uint64)))
    assert written == [f'{value}"'.ljust(21) for value in values]


@given(words)
def test_signed_integers_too(values: list[int]) -> None:
    column = np.array(values, np.uint64)
    written = lines(digits.signed(column))
    assert written == [f'{value}"'.ljust(21) for value in column.view(np.int64).tolist()]


EDGES = [0.0, 1e-5, 9.999999999999999e-5, 1e-4, 0.1, 1e15, 9999999999999998.0, 1e16, 1e17, 5e-324]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(EDGES)))
def test_doubles_have_the_digits_that_python_gives_them(values: list[float]) -> None:
    column = np.array([*values, *EDGES, *(-edge for edge in EDGES)])
    assert [text.rstrip() for text in lines(digits.reals(column))] == [*map(repr, column.tolist())]


@given(st.lists(st.floats(), min_size=1))
def test_doubles_are_read_again_as_they_were(values: list[float]) -> None:
    """In 24 characters at most, as JSON: what is no number is a string."""
    written = lines(digits.reals(np.array(values, np.float64)))
    assert {len(text) for text in written} == {24}
    for text, value in zip(written, values, strict=True):
        read = float(json.loads(text))
        assert (math.isnan(read) and math.isnan(value)) or (
            read == value and str(read) == str(value)
        )


@given(st.integers(8, 50), st.integers(0, 5))
def test_rows_of_any_width_are_scattered_side_by_side(width: int, gap: int) -> None:
    """Nothing beside them changes."""
    rows = np.arange(3 * width, dtype=np.uint8).reshape(3, width)
    step = width + gap
    text = bytearray(b"." * (3 * step))
    scatter(view_words(text, len(text)), np.arange(3) * step, rows)
    assert bytes(text) == b"".join(bytes(row) + b"." * gap for row in rows)
