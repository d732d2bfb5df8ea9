"""LEB128 numbers: the bytes of the standard, and clear errors for all others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.binary.leb128 import (
    LebError,
    decode_signed,
    decode_unsigned,
    encode_signed,
    encode_unsigned,
)

UNSIGNED = st.integers(0, 2**64 - 1)
SIGNED = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (2, b"\x02"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (129, b"\x81\x01"),
        (130, b"\x82\x01"),
        (12857, b"\xb9\x64"),
        (624485, b"\xe5\x8e\x26"),
        (2**64 - 1, b"\xff" * 9 + b"\x01"),
    ],
)
def test_unsigned_numbers_have_the_bytes_of_the_standard(value: int, encoded: bytes) -> None:
    assert encode_unsigned(value) == encoded
    assert decode_unsigned(encoded) == (value, len(encoded))


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (2, b"\x02"),
        (-2, b"\x7e"),
        (127, b"\xff\x00"),
        (-127, b"\x81\x7f"),
        (128, b"\x80\x01"),
        (-128, b"\x80\x7f"),
        (129, b"\x81\x01"),
        (-129, b"\xff\x7e"),
        (-123456, b"\xc0\xbb\x78"),
        (-(2**63), b"\x80" * 9 + b"\x7f"),
    ],
)
def test_signed_numbers_have_the_bytes_of_the_standard(value: int, encoded: bytes) -> None:
    assert encode_signed(value) == encoded
    assert decode_signed(encoded) == (value, len(encoded))


@given(UNSIGNED, st.binary(max_size=3))
def test_unsigned_numbers_come_back_whatever_follows(value: int, rest: bytes) -> None:
    encoded = encode_unsigned(value)
    assert decode_unsigned(encoded + rest) == (value, len(encoded))


@given(SIGNED, st.binary(max_size=3))
def test_signed_numbers_come_back_from_any_offset(value: int, before: bytes) -> None:
    encoded = before + encode_signed(value)
    assert decode_signed(encoded, len(before)) == (value, len(encoded))


@pytest.mark.parametrize("encoded", [b"\x81\x80\x00", b"\x81" + b"\x80" * 8 + b"\x00"])
def test_padding_up_to_ten_bytes_means_nothing(encoded: bytes) -> None:
    assert decode_unsigned(encoded) == (1, len(encoded))
    assert decode_signed(encoded) == (1, len(encoded))


def test_padding_of_a_number_below_zero_repeats_its_sign() -> None:
    assert decode_signed(b"\xff" * 9 + b"\x7f") == (-1, 10)


@given(UNSIGNED)
def test_a_number_that_is_cut_off_is_an_error_where_it_begins(value: int) -> None:
    for encoded in (encode_unsigned(value)[:-1], b"\x80"):
        for decode in (decode_unsigned, decode_signed):
            with pytest.raises(LebError, match="cut off") as caught:
                decode(b"\x00" + encoded, 1)
            assert caught.value.at == 1


@pytest.mark.parametrize("decode", [decode_unsigned, decode_signed])
def test_a_number_of_eleven_bytes_is_an_error(decode: object) -> None:
    assert callable(decode)
    with pytest.raises(LebError, match="longer than ten bytes"):
        decode(b"\x80" * 10 + b"\x00")


def test_a_number_of_more_than_64_bits_is_an_error() -> None:
    with pytest.raises(LebError, match="larger than 64 bits"):
        decode_unsigned(b"\xff" * 9 + b"\x02")
    with pytest.raises(LebError, match="larger than 64 bits"):
        decode_signed(b"\x80" * 9 + b"\x01")


@pytest.mark.parametrize("value", [-1, 2**64])
def test_numbers_without_an_unsigned_form_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="no unsigned integer"):
        encode_unsigned(value)


@pytest.mark.parametrize("value", [-(2**63) - 1, 2**63])
def test_numbers_without_a_signed_form_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="no signed integer"):
        encode_signed(value)


@given(st.binary(max_size=16))
def test_any_bytes_are_a_number_or_an_error(data: bytes) -> None:
    for decode, width in ((decode_unsigned, 0), (decode_signed, 63)):
        try:
            value, end = decode(data)
        except LebError:
            continue
        assert 0 < end <= len(data)
        assert -(2**width) <= value < 2 ** (width or 64)
