"""What docs/binary.md says: its examples are real records, and its reader reads real files."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from binary_files import HEADERS, binary_file
from core_support import COMMITTED, COMMITTED_SIGNALS, START, blocks_of, stampers_of
from event_reference import comparable, expected
from project_files import ROOT
from record_lines import SMALL_BLOCKS
from telemetry_common.signals import Signal
from telemetry_sender.binary.bit_fields import LAYOUTS
from telemetry_sender.binary.shapes import SHAPES, built
from telemetry_sender.binary.tags import KEYS, Tag
from telemetry_sender.events.model import Log, Point, Span
from telemetry_sender.reading.base import Request
from telemetry_sender.reading.formats import open_reader
from telemetry_sender.reading.source import Source
from template_files import template_of

PAGE = (ROOT / "docs" / "binary.md").read_text()
SECTIONS = {"leb128": "## Files of `leb128`", "bitpacked": "## Files of `bitpacked`"}
LINE = re.search(r"```json\n(.*?\n)```", PAGE)
every_format = pytest.mark.parametrize("name", list(SECTIONS))


def example(name: str) -> bytes:
    """Return the bytes of the example in the section of a format."""
    _, _, section = PAGE.partition(SECTIONS[name])
    block = re.search(r"```text\n(.*?)```", section, re.S)
    assert block is not None
    rows = (re.match(r" *((?:[0-9a-f]{2} )*[0-9a-f]{2})", row) for row in block[1].splitlines())
    return b"".join(bytes.fromhex(row[1]) for row in rows if row)


def lines_of(data: bytes) -> list[bytes]:
    reader = open_reader(Request("x", io.BytesIO(data), Source("x", io.BytesIO(data)), None))
    return list(map(reader.line, reader.records()))


@every_format
def test_the_example_reads_as_the_page_says(name: str) -> None:
    assert LINE is not None
    assert lines_of(HEADERS[name]("logs") + example(name)) == [LINE[1].encode()]


def test_keys_in_the_examples_have_their_numbers() -> None:
    for number, key in re.findall(r"key (\d+) ([\w.]+):", PAGE):
        assert KEYS[int(number) - 1] == key


def test_all_tags_are_listed() -> None:
    for tag in Tag:
        assert f"| {tag.value} | {tag.name.lower()} |" in PAGE


def test_all_fields_are_listed() -> None:
    for shape in SHAPES.values():
        for name in shape:
            assert f"`{name}`" in PAGE


def test_all_bits_are_listed() -> None:
    for stream, layout in LAYOUTS.items():
        (row,) = re.findall(rf"^\| .*`{stream}`.*\| \d-\d \|.*$", PAGE, re.M)
        for field in layout.fields:
            last = f"-{field.end - 1}" if field.bits > 1 else ""
            assert f"`{field.name}` {field.position}{last}" in row


def _records(data: bytes) -> Iterator[tuple[int, int, int, dict[str, Any]]]:
    """Run the reader that the page shows."""
    block = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert block is not None
    names: dict[str, Any] = {}
    exec(block[1], names)
    yield from names["records"](data)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_the_reader_of_the_page_reads_what_was_sent(signal: Signal, tmp_path: Path) -> None:
    """Compared with what the real protobuf classes decode of the same requests."""
    found = list(_records(binary_file(tmp_path, "leb128", signal)))
    kind, when = {1: (Span, "start"), 2: (Point, "time"), 3: (Log, "time")}[found[0][0]]
    events = [
        comparable(built(kind, SHAPES[kind], {**fields, **({when: time} if time else {})}))
        for _, time, _, fields in found
    ]
    assert events == _sent(tmp_path, signal)


def _sent(folder: Path, signal: Signal) -> list[Any]:
    data = {each: (COMMITTED / f"small-{each}.pb").read_bytes() for each in COMMITTED_SIGNALS}
    templates = template_of(folder, data)
    stamper = stampers_of(templates)[signal]
    events = [
        event
        for block in blocks_of(templates[signal].plan, SMALL_BLOCKS)
        for event in expected(signal, stamper.stamp(block, 0, START))
    ]
    return [event for event in events if ("event_name", ("str", "")) in event] or events
