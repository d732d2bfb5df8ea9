"""Formats are told by how files begin, then by their names; lines of JSON are passed through."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binary_files import HEADERS
from telemetry_sender.binary.bitpacked_reading import read_schema
from telemetry_sender.binary.tagged_reading import RecordError
from telemetry_sender.reading.base import FileFormat, FileReader, Request
from telemetry_sender.reading.errors import DamagedError, UnreadableError
from telemetry_sender.reading.formats import open_reader
from telemetry_sender.reading.source import Source

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def reader_of(data: bytes, name: str = "x", asked: FileFormat | None = None) -> FileReader:
    file = io.BytesIO(data)
    return open_reader(Request(name, file, Source(name, file), None), asked)


def read(data: bytes, name: str = "x", asked: FileFormat | None = None) -> list[bytes]:
    reader = reader_of(data, name, asked)
    return list(map(reader.line, reader.records()))


@given(values=st.lists(JSON_VALUES))
def test_lines_of_json_come_as_they_are(values: list[object]) -> None:
    lines = [json.dumps(value).encode() + b"\n" for value in values]
    assert read(b"".join(lines), "x.ndjson", FileFormat.NDJSON) == lines


@given(values=st.lists(JSON_VALUES))
def test_values_of_an_array_come_as_lines(values: list[object]) -> None:
    texts = [json.dumps(value) for value in values]
    array = ("[\n" + ",\n".join(texts) + "\n]\n").encode()
    assert read(array) == [text.encode() + b"\n" for text in texts]


def test_an_array_may_end_on_the_line_of_its_last_value() -> None:
    assert read(b'[{"a":1},\n{"b":[2]}]') == [b'{"a":1}\n', b'{"b":[2]}\n']
    assert read(b"[]\n") == []


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'[\n{"a":1}\n', "byte 10: the file ends inside the array"),
        (b"[\n1,\n", "byte 5: the file ends inside the array"),
        (b'[\n{"a":1}\n]\n{}\n', "byte 12: something behind the end of the array"),
        (b'[\n{"a":\n1}\n]\n', "byte 2: a line that is not JSON"),
        (b'{"a":1}\n{"a":', "byte 8: a line that is not JSON"),
        (b'{"a":\xff}\n', "byte 0: a line that is not JSON"),
        (b"{" * 100_000, "byte 0: a line that is not JSON"),
    ],
)
def test_what_is_not_json_is_told_by_its_byte(data: bytes, problem: str) -> None:
    with pytest.raises(DamagedError, match=problem):
        read(data)


@pytest.mark.parametrize("name", ["x", "x.pb", "x.leb128.gz"])
def test_the_beginning_of_a_file_says_more_than_its_name(name: str) -> None:
    assert read(HEADERS["bitpacked"]("traces"), name) == []
    assert read(b'{"a":1}\n', name) == [b'{"a":1}\n']


@pytest.mark.parametrize("name", ["x.ndjson", "x.jsonl.gz", "x.pb.zmsg", "x.pb.zst", "x.proto"])
def test_an_empty_file_of_a_format_without_a_header_has_no_records(name: str) -> None:
    assert read(b"", name) == []


@pytest.mark.parametrize("name", ["x.leb128", "x.bitpacked", "x.json"])
def test_an_empty_file_of_a_format_with_a_header_is_damaged(name: str) -> None:
    with pytest.raises(DamagedError):
        read(b"", name)


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00" * 100])
def test_a_file_that_tells_nothing_asks_for_its_format(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="say it by --format"):
        read(data, "x.txt")


@pytest.mark.parametrize("asked", [FileFormat.NDJSON, FileFormat.JSON, FileFormat.OTLP_PROTOBUF])
def test_formats_without_a_layout_say_so(asked: FileFormat) -> None:
    with pytest.raises(UnreadableError, match="layout"):
        reader_of(b"", "x", asked).schema()


def schema_with(**changes: object) -> bytes:
    field = {"name": "kind", "type": "enum", "position": 8, "bits": 3, "present": 0}
    other = {"name": "flags", "type": "uint", "position": 16, "bits": 32}
    whole = {"stream": "traces", "byte_order": "big", "fixed_bits": 48, "keys": []}
    return json.dumps({**whole, "fields": [{**field, **changes}, other]}).encode()


def test_a_schema_is_read() -> None:
    assert read_schema(schema_with()).fields[1].bits == 32


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"position": 14}, "overlap at bit 16"),
        ({"present": 17}, "overlap at bit 17"),
        ({"position": 46}, "overlap|beyond"),
        ({"position": 48}, "beyond bit 48"),
        ({"position": -1}, "position"),
        ({"bits": 0}, "bits"),
        ({"type": "float"}, "type"),
        ({"type": "bytes"}, "3 bits are no whole bytes"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_schema_that_cannot_be_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(RecordError, match=problem):
        read_schema(schema_with(**changes))
