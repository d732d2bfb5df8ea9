"""Parameters of messages: lists, ranges, digits, addresses and files, and what is refused."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_generator.logs.parameters import Parameter, make_parameter, shipped_parameters


def values(parameter: Parameter) -> list[str]:
    return [head + tail for head in parameter.heads for tail in parameter.tails]


@given(st.lists(st.text(max_size=5) | st.integers() | st.booleans(), min_size=1, max_size=20))
def test_a_list_gives_its_values_as_texts(listed: list[str | int]) -> None:
    assert values(make_parameter("x", listed)) == [str(value) for value in listed]


@given(st.integers(0, 10**9), st.integers(0, 9_999))
def test_a_short_range_gives_every_number_once(first: int, more: int) -> None:
    made = values(make_parameter("x", f"{first}..{first + more}"))
    assert made == [str(number) for number in range(first, first + more + 1)]


@given(st.integers(1, 50), st.integers(10, 60))
def test_a_long_range_in_whole_thousands_gives_every_number_once(first: int, more: int) -> None:
    low, high = first * 1000, (first + more) * 1000 + 999
    made = values(make_parameter("x", f"{low}..{high}"))
    assert made == [str(number) for number in range(low, high + 1)]


@pytest.mark.parametrize(
    ("written", "fix"),
    [("0..10000", "1000..10999"), ("1500..20000", "1000..20999"), ("5..99998", "1000..99999")],
)
def test_another_long_range_is_refused_with_one_that_fits(written: str, fix: str) -> None:
    with pytest.raises(ValueError, match=f"whole thousands: write {fix}"):
        make_parameter("x", written)
    assert make_parameter("x", fix)


@pytest.mark.parametrize("digits", [1, 2, 3, 5])
def test_hexadecimal_digits_give_every_value_once(digits: int) -> None:
    made = values(make_parameter("x", f"hex:{digits}"))
    assert made == [f"{value:0{digits}x}" for value in range(16**digits)]


def test_a_network_gives_its_addresses_without_the_first_and_last_of_each_256() -> None:
    made = values(make_parameter("x", "10.7.*.*"))
    assert made[0] == "10.7.0.1"
    assert made[-1] == "10.7.255.254"
    assert len(set(made)) == 256 * 254


def test_a_file_gives_a_value_a_line(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("# people\nzoë\n\n  bob  \n", encoding="utf-8")
    assert values(make_parameter("x", str(file))) == ["zoë", "bob"]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("9..3", "goes from 9 down to 3"),
        ("300.0.*.*", "above 255"),
        ("1000..999999999", "more than 100,000,000 values"),
        ("missing.txt", "neither a range .* nor a file"),
        ([], "has no values"),
        (["x"] * 100_001, "more than 100,000 values"),
    ],
)
def test_what_cannot_be_is_refused(written: str | Sequence[str], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make_parameter("x", written)


def test_a_file_that_is_no_text_or_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").write_text("# nothing\n")
    with pytest.raises(ValueError, match="not utf-8 text"):
        make_parameter("x", str(tmp_path / "binary"))
    with pytest.raises(ValueError, match="has no values"):
        make_parameter("x", str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("listed", "whole"),
    [
        (["1", "20", -3], True),
        (["0"], True),
        (["01"], False),
        (["1", "x"], False),
        (["1.5"], False),
    ],
)
def test_whole_numbers_are_told_from_texts(listed: list[str | int], whole: bool) -> None:
    assert make_parameter("x", listed).is_number is whole


def test_shipped_parameters_are_all_different_and_have_values() -> None:
    shipped = shipped_parameters()
    assert len(shipped) >= 80
    for name, parameter in shipped.items():
        assert parameter.name == name
        assert len(set(parameter.heads)) == len(parameter.heads)
