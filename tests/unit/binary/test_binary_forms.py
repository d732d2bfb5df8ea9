"""Fields of binary records: columns of values have the bytes of the single numbers."""

import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.binary.forms import BIG8, RAW8, RAW16, SLEB10, ULEB9, ULEB10
from telemetry_sender.binary.leb128 import decode_signed, decode_unsigned, encode_unsigned
from telemetry_sender.records.forms import Form

WORDS = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=5)
TIMES_OF_NINE_BYTES = st.integers(2**56, 2**63 - 1)


def _rows(form: Form, values: list[int]) -> list[bytes]:
    cells = form.cells(np.array(values, np.uint64))
    assert cells is not None
    assert cells.shape == (len(values), form.width)
    return [row.tobytes() for row in cells]


@given(WORDS)
def test_unsigned_fields_of_ten_bytes_hold_any_value(values: list[int]) -> None:
    rows = _rows(ULEB10, values)
    assert [decode_unsigned(row) for row in rows] == [(value, 10) for value in values]


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1))
def test_unsigned_fields_of_nine_bytes_hold_63_bits(values: list[int]) -> None:
    rows = _rows(ULEB9, values)
    assert [decode_unsigned(row) for row in rows] == [(value, 9) for value in values]


@given(TIMES_OF_NINE_BYTES)
def test_times_from_1972_to_2262_have_their_shortest_form(time: int) -> None:
    assert _rows(ULEB9, [time]) == [encode_unsigned(time)]


def test_a_value_of_64_bits_does_not_fit_nine_bytes() -> None:
    assert ULEB9.cells(np.array([1, 2**63], np.uint64)) is None


@given(WORDS)
def test_signed_fields_hold_any_value(values: list[int]) -> None:
    signed = np.array(values, np.uint64).view(np.int64).tolist()
    rows = _rows(SLEB10, values)
    assert [decode_signed(row) for row in rows] == [(value, 10) for value in signed]


@given(WORDS)
def test_words_stand_as_they_are_or_with_the_highest_byte_first(values: list[int]) -> None:
    assert _rows(RAW8, values) == [struct.pack("<Q", value) for value in values]
    assert _rows(BIG8, values) == [struct.pack(">Q", value) for value in values]


@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1))
def test_wide_ids_stand_as_they_are(ids: list[bytes]) -> None:
    cells = RAW16.cells(np.frombuffer(b"".join(ids), np.complex128))
    assert cells is not None
    assert [row.tobytes() for row in cells] == ids


@given(st.floats(allow_nan=False))
def test_a_single_value_has_the_bytes_of_a_column(value: float) -> None:
    assert RAW8.static(value) == struct.pack("<d", value)
    assert SLEB10.static(-3) == _rows(SLEB10, [2**64 - 3])[0]
