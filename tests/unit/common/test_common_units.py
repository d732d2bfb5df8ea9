"""Durations and sizes mean what people expect, and everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.units import (
    format_duration,
    format_rate,
    format_size,
    parse_duration,
    parse_size,
)

UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("250ms", 0.25),
        ("1.5s", 1.5),
        (" 2 m 5 s ", 125.0),
        ("0", 0.0),
        ("45", 45.0),
        (10, 10.0),
        (0.5, 0.5),
        (1e-7, 1e-7),
    ],
)
def test_duration_in_any_spelling_is_seconds(text: str | float, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    ["", "s", "5x", "5M", "-1s", "1 0", "5m-", "inf", "nan", "1e3", "1..5s", "٣s", "9" * 400],
)
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration like 30s"):
        parse_duration(text)


@pytest.mark.parametrize("number", [-1, -0.5, float("nan"), float("inf"), 10**400])
def test_numbers_that_are_no_time_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(number)


@given(
    number=st.decimals(min_value=0, max_value=10**6, places=3),
    unit=st.sampled_from(sorted(UNITS)),
)
def test_a_number_and_a_unit_multiply(number: object, unit: str) -> None:
    assert parse_duration(f"{number}{unit}") == pytest.approx(float(str(number)) * UNITS[unit])


@given(st.lists(st.tuples(st.integers(0, 999), st.sampled_from(sorted(UNITS))), min_size=1))
def test_parts_of_a_duration_add_up(parts: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in parts)
    expected = sum(number * UNITS[unit] for number, unit in parts)
    assert parse_duration(text) == pytest.approx(expected)


@given(st.text())
def test_no_text_breaks_the_parsers(text: str) -> None:
    for parse in (parse_duration, parse_size):
        try:
            value = parse(text)
        except ValueError as error:
            assert repr(text) in str(error)  # noqa: PT017 - the text may also be valid
        else:
            assert value >= 0


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512MB", 512 << 20),
        ("4MiB", 4 << 20),
        ("1.5G", 3 << 29),
        ("100k", 100 << 10),
        ("100 KB", 100 << 10),
        ("2T", 2 << 40),
        ("7B", 7),
        ("0", 0),
        (12345, 12345),
    ],
)
def test_sizes_count_in_powers_of_1024(text: str | int, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-1", "1e5", "1.5.5K", "10 X", "True", "4MBB"])
def test_anything_else_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size like 100MB"):
        parse_size(text)


@given(st.integers(min_value=0, max_value=10**30))
def test_plain_byte_counts_stay_exact(size: int) -> None:
    """No float is involved, which would round above 2^53."""
    assert parse_size(size) == size
    assert parse_size(f"{size}B") == size


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KB"), (3 << 20, "3.0 MB"), (5 << 40, "5.0 TB")],
)
def test_sizes_are_shown_in_the_largest_unit_above_one(size: int, text: str) -> None:
    assert format_size(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.0s"),
        (4.24, "4.2s"),
        (59.94, "59.9s"),
        (59.96, "1m00s"),
        (185.0, "3m05s"),
        (7205.0, "2h00m05s"),
    ],
)
def test_durations_are_shown_for_people(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@given(st.integers(min_value=60, max_value=10**7))
def test_shown_durations_can_be_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@pytest.mark.parametrize(
    ("rate", "text"),
    [(0, "0/s"), (0.5, "0.5/s"), (9.94, "9.9/s"), (10, "10/s"), (1_515_090.4, "1,515,090/s")],
)
def test_a_low_rate_does_not_round_to_nothing(rate: float, text: str) -> None:
    assert format_rate(rate) == text
