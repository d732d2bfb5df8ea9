"""Files of binary records read back: whole ones give all lines, damaged ones an error."""

import io
import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binary_files import HEADERS, binary_file, binary_records, lines
from core_support import COMMITTED_SIGNALS, examples
from telemetry_common.signals import Signal
from telemetry_sender.binary.tags import Tag
from telemetry_sender.reading.base import FileFormat, FileReader, Request
from telemetry_sender.reading.errors import DamagedError, UnreadableError
from telemetry_sender.reading.formats import open_reader
from telemetry_sender.reading.source import Source

every_format = pytest.mark.parametrize("name", ["leb128", "bitpacked"])
every_signal = pytest.mark.parametrize("signal", COMMITTED_SIGNALS)


def reader_of(data: bytes, name: str = "x", **asked: FileFormat) -> FileReader:
    file = io.BytesIO(data)
    return open_reader(Request(name, file, Source(name, file), None), **asked)


def read(data: bytes) -> list[bytes]:
    reader = reader_of(data)
    return list(map(reader.line, reader.records()))


def refusal(data: bytes, name: str = "x") -> UnreadableError | None:
    """Return why a file is not read to its end; all lines of it are JSON."""
    try:
        reader = reader_of(data, name)
        for line in map(reader.line, reader.records()):
            json.loads(line)
    except UnreadableError as error:
        return error
    return None


@every_format
@every_signal
def test_a_file_gives_the_lines_of_the_same_run(name: str, signal: Signal, tmp_path: Path) -> None:
    assert read(binary_file(tmp_path, name, signal)) == lines(tmp_path, signal)


@every_format
def test_a_file_without_records_is_sound(name: str) -> None:
    assert read(HEADERS[name]("traces")) == []


@every_format
def test_records_are_counted_without_a_look_into_them(name: str, tmp_path: Path) -> None:
    data = binary_file(tmp_path, name, Signal.LOGS)
    whole = binary_records(tmp_path, name, Signal.LOGS)
    assert len(list(reader_of(data).records())) == len(whole)


@every_format
def test_a_file_describes_itself(name: str) -> None:
    described = json.loads(reader_of(HEADERS[name]("metrics")).schema())
    assert described["format"] == name
    assert described["version"] == 1
    assert described["stream"] == "metrics"
    assert "bucket_counts" in described["keys"]


@every_format
def test_a_file_that_is_cut_off_gives_what_stands_before_the_cut(name: str, tmp_path: Path) -> None:
    data, wanted = binary_file(tmp_path, name, Signal.LOGS), lines(tmp_path, Signal.LOGS)
    reader = reader_of(data[:-5])
    found: list[bytes] = []
    records = reader.records()
    with pytest.raises(DamagedError, match=f"x: byte {len(data) - 5:,}: the file ends inside a"):
        found.extend(map(reader.line, records))
    assert found == wanted[:-1]


@every_format
def test_a_header_that_is_cut_off_is_damaged(name: str) -> None:
    header = HEADERS[name]("traces")
    for size in range(9, len(header)):
        with pytest.raises(DamagedError, match=f"byte {size:,}: the file ends inside"):
            reader_of(header[:size])


@every_format
def test_a_later_version_is_not_read(name: str) -> None:
    header = HEADERS[name]("traces")
    with pytest.raises(UnreadableError, match="version 9 of its format"):
        reader_of(header[:8] + b"\x09" + header[9:])


@every_format
def test_a_record_of_more_bytes_than_can_be_true_is_refused(name: str) -> None:
    length = b"\xff\xff\xff\xff" + b"\x7f" * (name == "leb128")
    reader = reader_of(HEADERS[name]("traces") + length)
    with pytest.raises(DamagedError, match="too long to be true"):
        next(reader.records())


@every_format
def test_another_file_is_not_taken_for_one(name: str) -> None:
    with pytest.raises(DamagedError, match="a file of this format begins with"):
        reader_of(b"PK\x03\x04" + bytes(100), file_format=FileFormat(name))


@every_format
@every_signal
@examples(150)
@given(data=st.data())
def test_damage_is_an_error_and_nothing_else(
    name: str, signal: Signal, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever bytes of a file are changed, taken out or put in."""
    whole = _cached_file(tmp_path_factory, name, signal)
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        end = at + data.draw(st.integers(0, 3))
        damaged[at:end] = data.draw(st.binary(max_size=4))
    refused = refusal(bytes(damaged), "x." + name)
    assert refused is None or refused.place.startswith("x.")


@every_format
@examples(150)
@given(body=st.binary(max_size=200), seed=st.integers(0, 2**32))
def test_arbitrary_records_are_read_or_refused(name: str, body: bytes, seed: int) -> None:
    rng = Random(seed)
    if rng.random() < 0.5:
        body = bytes(rng.choice([*Tag, 1, 2, 3, 255]) for _ in body)
    length = bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
    if name == "bitpacked":
        length = len(body).to_bytes(4, "big")
    header = HEADERS[name](rng.choice(["traces", "metrics", "logs"]))
    refused = refusal(header + length + body)
    assert refused is None or refused.place.startswith("x: byte ")


_FILES: dict[tuple[str, Signal], bytes] = {}


def _cached_file(factory: pytest.TempPathFactory, name: str, signal: Signal) -> bytes:
    """Return the first records of a file, which is made once."""
    if (name, signal) not in _FILES:
        folder = factory.mktemp("binary")
        records = binary_records(folder, name, signal)[:3]
        _FILES[name, signal] = b"".join([HEADERS[name](signal.value), *records])
    return _FILES[name, signal]
