"""Binary records say what the stamped events say, in every pass, whatever the file."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    SECOND,
    any_runs,
    blocks_of,
    encoded_sample,
    examples,
    small_limits,
    sources,
    stampers_of,
)
from event_reference import expected, said
from record_lines import SMALL_BLOCKS, made_by
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.binary import bitpacked_reading, bitpacked_records, leb128_records
from telemetry_sender.binary.bit_fields import CHECKSUMMED, LAYOUTS, BitLayout
from telemetry_sender.binary.checksummed import ChecksummedEncoder
from telemetry_sender.binary.leb128 import decode_unsigned
from telemetry_sender.binary.numbered import Numbered
from telemetry_sender.binary.shapes import SHAPES
from telemetry_sender.binary.tags import KEYS
from telemetry_sender.reading.event_lines import line_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialects.flat import DIALECT as FLAT
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.sinks.base import Encoder
from template_files import template_of


@dataclass(frozen=True, slots=True)
class Form:
    """A binary format: who writes it for a template, and who reads a record of a stream."""

    encoder: Callable[[Template], Encoder]
    read: Callable[[bytes, str], Numbered]


def _leb128() -> Form:
    def read(record: bytes, _stream: str) -> Numbered:
        size, end = decode_unsigned(record)
        assert size == len(record) - end
        return leb128_records.read_record(record[end:], KEYS)

    return Form(lambda template: RecordEncoder(template, leb128_records.make_dialect()), read)


def _bitpacked(layouts: Mapping[Stream, BitLayout]) -> Form:
    def encoder(template: Template) -> Encoder:
        records = RecordEncoder(template, bitpacked_records.make_dialect(layouts))
        return ChecksummedEncoder(records, layouts) if layouts is CHECKSUMMED else records

    def read(record: bytes, stream: str) -> Numbered:
        text = json.dumps(bitpacked_records.schema(Stream(stream), layouts)).encode()
        assert int.from_bytes(record[:4], "big") == len(record) - 4
        return bitpacked_reading.read_record(record[4:], bitpacked_reading.read_schema(text))

    return Form(encoder, read)


FORMS = {
    "leb128": _leb128(),
    "bitpacked": _bitpacked(LAYOUTS),
    "bitpacked with checksums": _bitpacked(CHECKSUMMED),
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
every_signal = pytest.mark.parametrize("signal", COMMITTED_SIGNALS)


def _events(form: Form, records: Mapping[str, list[bytes]]) -> Iterator[Numbered]:
    found = [form.read(each, stream) for stream, own in records.items() for each in own]
    yield from sorted(found, key=lambda numbered: numbered.sequence)


def _assert_records_say_what_is_stamped(
    form: Form,
    templates: Mapping[Signal, Template],
    signal: Signal,
    limits: Limits = SMALL_BLOCKS,
    **run: int,
) -> None:
    """Compare all events of three passes with what the protobuf classes decode."""
    template = templates[signal]
    stamper = stampers_of(templates, **run)[signal]
    for made in made_by(form.encoder(template), template, stamper, passes=3, limits=limits):
        found = list(_events(form, made.records))
        wanted = expected(signal, made.request.SerializeToString())
        assert [said(each.event) for each in found] == wanted
        first = made.pass_number * template.plan.events + made.first + 1
        assert [each.sequence for each in found] == list(range(first, first + len(wanted)))


@every_form
@every_signal
@examples(25)
@given(rng=sources, limits=small_limits, run=st.fixed_dictionaries(any_runs))
def test_records_of_arbitrary_files_say_what_the_bytes_say(
    form: Form, signal: Signal, rng: Random, limits: Limits, run: dict[str, int]
) -> None:
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), files)
        _assert_records_say_what_is_stamped(form, templates, signal, limits, **run)


@every_form
@every_signal
def test_records_of_the_committed_set_say_what_the_bytes_say(
    form: Form, signal: Signal, tmp_path: Path
) -> None:
    templates = _committed(tmp_path)
    _assert_records_say_what_is_stamped(form, templates, signal, jitter=10**8)


@every_form
@every_signal
@examples(25)
@given(rng=sources)
def test_records_give_the_lines_of_the_same_run(form: Form, signal: Signal, rng: Random) -> None:
    """Of the sink ndjson, byte for byte, whatever the events hold."""
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), {signal: encoded_sample(rng, signal)})
        template = templates[signal]
        lines, binary = (
            list(made_by(encoder, template, stampers_of(templates)[signal], passes=2))
            for encoder in (RecordEncoder(template, FLAT), form.encoder(template))
        )
    for wanted, made in zip(lines, binary, strict=True):
        found = {
            stream: [line_of(form.read(record, stream).event) for record in records]
            for stream, records in made.records.items()
        }
        assert found == wanted.records


@every_form
@pytest.mark.parametrize("now", [3_600 * SECOND, (1 << 63) + 3_600 * SECOND])
def test_times_before_1972_and_behind_2262_are_written_too(
    form: Form, tmp_path: Path, now: int
) -> None:
    """Although they have no LEB128 number of nine bytes, or only a padded one."""
    templates = template_of(tmp_path, {Signal.TRACES: _committed_bytes(Signal.TRACES)})
    template, stamper = templates[Signal.TRACES], stampers_of(templates)[Signal.TRACES]
    block = blocks_of(template.plan, SMALL_BLOCKS)[0]
    stamped = stamper.stamp(block, 0, now)
    (records,) = form.encoder(template).encode(block, 0, stamped)
    ends = [0, *records.ends.tolist()]
    found = _events(form, {records.stream: [records.data[a:b] for a, b in pairwise(ends)]})
    assert [said(each.event) for each in found] == expected(Signal.TRACES, stamped)


@every_form
@every_signal
def test_records_of_the_same_run_are_the_same(form: Form, signal: Signal, tmp_path: Path) -> None:
    templates = _committed(tmp_path)
    template = templates[signal]
    first, second = (
        [
            each.records
            for each in made_by(form.encoder(template), template, stampers_of(templates)[signal])
        ]
        for _ in range(2)
    )
    assert first == second


def test_shapes_have_all_fields_of_the_events() -> None:
    """A field that is new in an event must not get lost in binary records."""
    for kind, shape in SHAPES.items():
        assert list(shape) == [field.name for field in fields(kind)]


def test_numbered_keys_are_told_apart() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert {name for shape in SHAPES.values() for name in shape} <= set(KEYS)


def test_fields_that_are_stamped_stand_at_whole_bytes() -> None:
    for layout in LAYOUTS.values():
        assert all(field.position % 8 == 0 and field.bits % 8 == 0 for field in layout.aligned)
        assert layout.bits % 8 == 0


def _committed(folder: Path) -> dict[Signal, Template]:
    return template_of(folder, {name: _committed_bytes(name) for name in COMMITTED_SIGNALS})


def _committed_bytes(signal: Signal) -> bytes:
    return (COMMITTED / f"small-{signal}.pb").read_bytes()
