"""What the influx dialect makes of templates in some passes, beside what it should."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from core_support import stampers_of
from influx_reference import line_of
from line_protocol import Line
from record_lines import made_of
from seen_events import seen_in
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.records.influx.dialect import influx_dialect
from telemetry_sender.stamping.base import BlockStamper
from template_files import template_of

if TYPE_CHECKING:
    from google.protobuf.message import Message

NO_BOUND = 1 << 62


@dataclass(frozen=True, slots=True)
class Pair:
    """A line, and what it should say."""

    line: bytes
    expected: Line


def pairs_of(
    template: Template,
    stamper: BlockStamper,
    tags: Collection[str] | None,
    *,
    passes: int = 3,
) -> Iterator[Pair]:
    """Yield all lines of some passes over a template."""
    originals: dict[int, Message] = {}
    dialect = influx_dialect(template, tags, NO_BOUND, has_resource_fields=False)
    for made in made_of(dialect, template, stamper, passes=passes):
        original = originals.setdefault(made.first, made.request)
        expected: dict[str, list[Line]] = {}
        for seen in seen_in(made.request, original):
            expected.setdefault(seen.stream, []).append(line_of(seen, tags))
        assert expected.keys() == made.records.keys()
        for stream, lines in made.records.items():
            for line, said in zip(lines, expected[stream], strict=True):
                yield Pair(line, said)


def pairs_of_set(
    contents: Mapping[Signal, bytes], signal: Signal, tags: Collection[str] | None
) -> list[Pair]:
    """Return all lines of some passes over one signal of a set."""
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), contents)
        return list(pairs_of(templates[signal], stampers_of(templates)[signal], tags))
