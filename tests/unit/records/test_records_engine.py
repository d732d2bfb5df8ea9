"""Records of blocks, whatever the dialect: where they end, how they are counted, what is kept."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    SECOND,
    START,
    blocks_of,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.events.model import Event, Log, Point, Span, Spot
from telemetry_sender.records.base import RecordBatch, Records, Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.dialects.flat import DIALECT as FLAT
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.records.text_forms import COUNTER, JSON_REAL, NANOS, SIGNED, UNSIGNED
from telemetry_sender.records.writer import RecordWriter
from telemetry_sender.text.fields import SlotKind
from template_files import template_of

FORMS = {
    SlotKind.TIME: NANOS,
    SlotKind.UNSIGNED: UNSIGNED,
    SlotKind.SIGNED: SIGNED,
    SlotKind.REAL: JSON_REAL,
}


def _numbered(event: Event, out: RecordWriter) -> None:
    """Write a number between texts of no fixed length, then all numbers that change."""
    out.put(b"#")
    out.put_counter(COUNTER)
    for spot in _numbers(event):
        out.put(b" ")
        out.put_spot(spot, FORMS[spot.kind])
    out.put(b"." * len(event.attributes) + b"\n")


def _numbers(event: Event) -> Iterable[Spot]:
    if isinstance(event, Point):
        found = (event.time, event.value, event.count, event.sum, *event.bucket_counts)
    elif isinstance(event, Span):
        found = (event.start, event.end)
    else:
        found = (event.time,)
    return [spot for spot in found if spot is not None]


NUMBERED = Dialect("numbered", "for tests", dict.fromkeys(Stream, _numbered))


def committed(folder: Path) -> dict[Signal, Template]:
    data = committed_data()
    return template_of(folder, data)


def batches(
    templates: dict[Signal, Template],
    signal: Signal,
    dialect: Dialect = NUMBERED,
    *,
    passes: Iterable[int] = (0, 1, 2),
    batch: int = 7,
    prepared: bool = False,
) -> list[RecordBatch]:
    """Return what is made of all blocks in some passes."""
    template = templates[signal]
    encoder, stamper = RecordEncoder(template, dialect), stampers_of(templates)[signal]
    blocks = blocks_of(template.plan, Limits(batch, 1 << 22))
    for block in blocks if prepared else ():
        encoder.prepare(block)
    return [
        encoder.encode(block, number, stamper.stamp(block, number, START + number % 99 * SECOND))
        for number in passes
        for block in blocks
    ]


def lines_of(records: Records) -> list[bytes]:
    ends = records.ends.tolist()
    return [records.data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(30)
@given(rng=sources, batch=st.integers(1, 6))
def test_records_are_one_an_event_and_end_where_they_say(
    signal: Signal, rng: Random, batch: int
) -> None:
    """Though what they hold grows longer from pass to pass."""
    with TemporaryDirectory() as folder:
        files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
        files[signal] = encoded_sample(rng, signal)
        templates = template_of(Path(folder), files)
        found = batches(templates, signal, batch=batch, passes=(0, 10**9, 2**40))
        assert sum(records.events for each in found for records in each) == (
            3 * templates[signal].plan.events
        )
        for records in (records for each in found for records in each):
            lines = lines_of(records)
            assert b"".join(lines) == records.data
            assert len(lines) == records.events
            assert all(line.startswith(b"#") and line.endswith(b"\n") for line in lines)
            assert records.data.count(b"\n") == len(lines)
            assert b"\0" not in records.data


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_events_are_numbered_through_blocks_streams_and_passes(
    signal: Signal, tmp_path: Path
) -> None:
    templates = committed(tmp_path)
    found = batches(templates, signal)
    numbers = sorted(
        int(line[1:].split()[0].rstrip(b"."))
        for each in found
        for records in each
        for line in lines_of(records)
    )
    assert numbers == list(range(1, 3 * templates[signal].plan.events + 1))


def test_log_records_with_a_name_are_a_stream_of_their_own(tmp_path: Path) -> None:
    """Each in its order; what a block has none of is left out."""
    data = LogsData()
    scope = data.resource_logs.add().scope_logs.add()
    for second, name in enumerate(["", "up", "", "down", "", ""]):
        scope.log_records.add(time_unix_nano=1 + second * SECOND, event_name=name)
    templates = template_of(tmp_path, {Signal.LOGS: data.SerializeToString()})
    (whole,) = batches(templates, Signal.LOGS, passes=[0], batch=10)
    assert [records.stream for records in whole] == ["logs", "events"]
    assert [[int(line[1:].split()[0]) for line in lines_of(each)] for each in whole] == [
        [1, 3, 5, 6],
        [2, 4],
    ]
    assert len(whole) == sum(len(records.data) for records in whole)
    cut = batches(templates, Signal.LOGS, passes=[0], batch=2)
    assert [[records.stream for records in each] for each in cut] == [
        ["logs", "events"],
        ["logs", "events"],
        ["logs"],
    ]


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_a_batch_says_when_its_first_record_happened(signal: Signal, tmp_path: Path) -> None:
    for each in batches(committed(tmp_path), signal):
        for records in each:
            assert lines_of(records)[0].split()[1].rstrip(b".") == b"%d" % records.time


def test_without_any_time_a_record_happened_at_zero(tmp_path: Path) -> None:
    data = LogsData()
    data.resource_logs.add().scope_logs.add(log_records=[LogRecord(severity_text="INFO")])
    templates = template_of(tmp_path, {Signal.LOGS: data.SerializeToString()})
    ((records,),) = batches(templates, Signal.LOGS, passes=[0])
    assert records.time == 0


def test_a_log_record_without_a_time_happened_when_it_was_seen(tmp_path: Path) -> None:
    data = LogsData()
    record = LogRecord(observed_time_unix_nano=5)
    data.resource_logs.add().scope_logs.add(log_records=[record])
    templates = template_of(tmp_path, {Signal.LOGS: data.SerializeToString()})
    ((records,),) = batches(templates, Signal.LOGS, passes=[0])
    assert records.time == START


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@pytest.mark.parametrize("dialect", [NUMBERED, FLAT], ids=lambda each: each.name)
def test_blocks_that_were_prepared_are_written_alike(
    signal: Signal, dialect: Dialect, tmp_path: Path
) -> None:
    """And a second run of the same seed writes the same bytes."""
    templates = committed(tmp_path)
    assert told(batches(templates, signal, dialect, prepared=True)) == told(
        batches(templates, signal, dialect)
    )


def told(found: list[RecordBatch]) -> list[tuple[str, bytes, list[int], int]]:
    return [(r.stream, r.data, r.ends.tolist(), r.time) for each in found for r in each]


def test_a_prepared_block_is_not_laid_out_again(tmp_path: Path) -> None:
    templates = committed(tmp_path)
    template, stamper = templates[Signal.LOGS], stampers_of(templates)[Signal.LOGS]
    written: list[Log] = []

    def write(log: Log, out: RecordWriter) -> None:
        written.append(log)
        out.put(b"\n")

    encoder = RecordEncoder(template, Dialect("counted", "", dict.fromkeys(Stream, write)))
    blocks = blocks_of(template.plan, Limits(5, 1 << 22))
    for block in blocks:
        encoder.prepare(block)
    assert len(written) == template.plan.events
    for block in blocks:
        encoder.encode(block, 0, stamper.stamp(block, 0, START))
    assert len(written) == template.plan.events


def test_a_time_that_has_no_field_is_written_all_the_same(tmp_path: Path) -> None:
    """A template may hold times so far apart that one is beyond the year 2286."""
    data = LogsData()
    scope = data.resource_logs.add().scope_logs.add()
    scope.log_records.add(time_unix_nano=1, observed_time_unix_nano=2**63)
    templates = template_of(tmp_path, {Signal.LOGS: data.SerializeToString()})
    found = batches(templates, Signal.LOGS)
    wanted = [(START + number * SECOND - 2**63 + 1) % 2**64 for number in range(3)]
    lines = [line for each in found for records in each for line in lines_of(records)]
    assert lines == [b"#%d %d\n" % (i + 1, time) for i, time in enumerate(wanted)]
    assert max(wanted) > 10**19 - 1


def test_profiles_have_no_records(tmp_path: Path) -> None:
    data = {Signal.PROFILES: (COMMITTED / "small-profiles.pb").read_bytes()}
    template = template_of(tmp_path, data)[Signal.PROFILES]
    with pytest.raises(ValueError, match="profiles"):
        RecordEncoder(template, FLAT)


def test_bytes_that_are_no_message_are_a_mistake_of_the_template(tmp_path: Path) -> None:
    """Here the attribute of a log record, at which no plan looks."""
    log = b"\x09" + b"\1" * 8 + b"\x32\x02\x0a\x7f"
    scope = b"\x12" + bytes([len(log)]) + log
    resource = b"\x12" + bytes([len(scope)]) + scope
    data = b"\x0a" + bytes([len(resource)]) + resource
    templates = template_of(tmp_path, {Signal.LOGS: data})
    with pytest.raises(TemplateError, match=r"x-logs\.pb: .*not OTLP logs"):
        batches(templates, Signal.LOGS)
