"""CSV files say what the stamped requests say, to Python's reader and to databases."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core_support import (
    COMMITTED_SIGNALS,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from csv_reference import Row, row_of
from handmade_set import HandmadeSet
from influx_texts import LogTexts, log_texts, logs_with, texts
from record_lines import made_of
from seen_events import seen_in
from telemetry_common.signals import Signal
from telemetry_sender.records.base import Stream
from telemetry_sender.records.csv.dialect import csv_dialect, header
from telemetry_sender.records.csv.text import escaped, kept
from template_files import template_of

if TYPE_CHECKING:
    from google.protobuf.message import Message

Text = Callable[[str], str]


def rows_of(
    contents: Mapping[Signal, bytes], signal: Signal, text: Text, promoted: Sequence[str] = ()
) -> Iterator[tuple[list[bytes], list[Row], list[Row]]]:
    """Yield the lines of a stream in each block and pass, what they say, and what they should."""
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), contents)
        template, stamper = templates[signal], stampers_of(templates)[signal]
        originals: dict[int, Message] = {}
        for made in made_of(csv_dialect(promoted, text), template, stamper, passes=3):
            original = originals.setdefault(made.first, made.request)
            expected: dict[str, list[Row]] = {}
            for seen in seen_in(made.request, original):
                expected.setdefault(seen.stream, []).append(row_of(seen))
            assert expected.keys() == made.records.keys()
            for stream, lines in made.records.items():
                first = header(Stream(stream), promoted, text).decode()
                yield lines, _read(first, lines), expected[stream]


def _read(first: str, lines: list[bytes]) -> list[Row]:
    file = io.StringIO(first + b"".join(lines).decode(), newline="")
    return list(csv.DictReader(file, strict=True))


def assert_as_expected(contents: Mapping[Signal, bytes], signal: Signal) -> int:
    """Compare the rows with line breaks as they are, and escaped; return how many there are."""
    count = 0
    for _, said, expected in rows_of(contents, signal, kept):
        assert said == expected
    for lines, said, expected in rows_of(contents, signal, escaped):
        assert said == [_on_one_line(row) for row in expected]
        assert all(line.count(b"\n") == 1 for line in lines)
        assert not any(b"\r" in line for line in lines)
        count += len(lines)
    return count


def _on_one_line(row: Row) -> Row:
    return {name: cell.replace("\n", "\\n").replace("\r", "\\r") for name, cell in row.items()}


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_rows_of_the_committed_set_say_what_a_receiver_sees(signal: Signal) -> None:
    data = committed_data()
    assert assert_as_expected(data, signal) >= 180


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_every_shape_of_event_has_its_row(signal: Signal) -> None:
    assert assert_as_expected(
        {signal: bytes(HandmadeSet().message(signal).SerializeToString())}, signal
    )


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(20)
@given(rng=sources)
def test_rows_of_arbitrary_files_say_what_the_bytes_say(signal: Signal, rng: Random) -> None:
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    assert_as_expected(files, signal)


@examples(40)
@given(told=log_texts)
@example(told=[("k", 'a,"b"\r\n', '"\n', ","), ("", "", "", "")])
def test_any_text_may_be_in_a_cell(told: list[LogTexts]) -> None:
    assert assert_as_expected({Signal.LOGS: logs_with(told)}, Signal.LOGS) == 3 * len(told)


@examples(40)
@given(key=texts, value=texts, text=st.sampled_from([kept, escaped]))
@example(key="a\n,", value="\r\n", text=escaped)
def test_an_attribute_may_have_a_column_of_its_own(key: str, value: str, text: Text) -> None:
    contents = {Signal.LOGS: logs_with([(key, value, "", ""), (key + "x", value, "", "")])}
    for lines, said, _ in rows_of(contents, Signal.LOGS, text, ("no such key", key)):
        assert len(lines) == 2
        assert [list(row)[-1] for row in said] == [text(key)] * 2
        assert [row[text(key)] for row in said] == [text(value), ""]
        assert [row["no such key"] for row in said] == ["", ""]
