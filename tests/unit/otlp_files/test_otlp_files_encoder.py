"""The messages of a file say what the requests say that a receiver would have seen."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from core_support import (
    SECOND,
    START,
    blocks_of,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from json_requests import fields_of, read_request
from otlp_events import Surrounded, holders_of, points_of, surrounded_events
from otlp_messages import decompressed, lines, prefixed
from otlp_samples import ROOTS
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.otlp_files.build import json_encoder, protobuf_encoder
from telemetry_sender.otlp_files.encoder import MessageEncoder
from telemetry_sender.otlp_files.options import MessageCompression
from telemetry_sender.records.base import Records
from template_files import template_of

NONE, ZSTD = MessageCompression.NONE, MessageCompression.ZSTD
PASSES = (0, 1, 1000)
MOST_OF_A_LINE = {**dict.fromkeys(Signal, 20_000), Signal.PROFILES: 65_000}
"""Less than the whole committed set, and more than one event; profiles repeat their dictionary."""


def committed(folder: Path) -> dict[Signal, Template]:
    data = committed_data(Signal)
    return template_of(folder, data)


def from_json(signal: Signal, message: bytes) -> Message:
    return read_request(signal, message)


def from_protobuf(signal: Signal, message: bytes) -> Message:
    return ROOTS[signal].FromString(message)


FORMATS: dict[str, tuple[Any, Any, Any]] = {
    "json": (lambda t: json_encoder(t, NONE, 1 << 22), lines, from_json),
    "json zstd": (lambda t: json_encoder(t, ZSTD, 1 << 22), decompressed, from_json),
    "protobuf": (lambda t: protobuf_encoder(t, NONE), prefixed, from_protobuf),
    "protobuf zstd": (lambda t: protobuf_encoder(t, ZSTD), decompressed, from_protobuf),
}
every_format = pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))


def assert_file_is_requests(
    templates: dict[Signal, Template], signal: Signal, limits: Limits, form: tuple[Any, Any, Any]
) -> None:
    """Write some passes, and compare each message with the request that was stamped."""
    make_encoder, split, read = form
    template = templates[signal]
    encoder = make_encoder(template)
    stamper = stampers_of(templates)[signal]
    for pass_number in PASSES:
        for block in blocks_of(template.plan, limits):
            request = bytes(stamper.stamp(block, pass_number, START + pass_number * SECOND))
            (records,) = encoder.encode(block, pass_number, request)
            (message,) = split(records.data)
            assert fields_of(read(signal, message)) == fields_of(ROOTS[signal].FromString(request))


@every_format
@pytest.mark.parametrize("signal", list(Signal))
def test_a_file_of_the_committed_set_holds_what_was_stamped(
    signal: Signal, form: tuple[Any, Any, Any], tmp_path: Path
) -> None:
    assert_file_is_requests(committed(tmp_path), signal, Limits(20, 1 << 22), form)


@every_format
@pytest.mark.parametrize("signal", list(Signal))
@examples(8)
@given(rng=sources, batch=st.integers(1, 5))
def test_a_file_of_any_set_holds_what_was_stamped(
    signal: Signal, form: tuple[Any, Any, Any], rng: Random, batch: int
) -> None:
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), files)
        assert_file_is_requests(templates, signal, Limits(batch, 1 << 22), form)


def first_records(
    templates: dict[Signal, Template],
    signal: Signal,
    make: Callable[[Template], MessageEncoder],
    limits: Limits,
) -> Records:
    """Return what is made of the first block of a set, in its first pass."""
    template = templates[signal]
    block = blocks_of(template.plan, limits)[0]
    stamped = bytes(stampers_of(templates)[signal].stamp(block, 0, START))
    (records,) = make(template).encode(block, 0, stamped)
    return records


@pytest.mark.parametrize("signal", list(Signal))
def test_a_line_is_one_record_that_knows_its_signal_and_its_events(
    signal: Signal, tmp_path: Path
) -> None:
    templates, limits = committed(tmp_path), Limits(20, 1 << 22)
    records = first_records(templates, signal, FORMATS["json"][0], limits)
    assert records.stream == signal.value
    assert records.ends.tolist() == [len(records.data)]
    assert records.data.count(b"\n") == 1
    assert records.events == blocks_of(templates[signal].plan, limits)[0].events > 1


@pytest.mark.parametrize("signal", list(Signal))
def test_a_record_happened_when_its_first_event_did(signal: Signal, tmp_path: Path) -> None:
    templates = committed(tmp_path)
    records = first_records(templates, signal, FORMATS["protobuf"][0], Limits(20, 1 << 22))
    (message,) = prefixed(records.data)
    event = holders_of(signal, message)[0]
    event = points_of(event)[0] if signal is Signal.METRICS else event
    begin = event.start_time_unix_nano if signal is Signal.TRACES else event.time_unix_nano
    # Samples of a profile have times of their own, which come first.
    within = event.duration_nano if signal is Signal.PROFILES else 0
    assert START - 3_600 * SECOND < begin <= records.time <= begin + within


def test_events_without_a_time_happened_at_no_time(tmp_path: Path) -> None:
    """A block of metadata has nothing to roll by."""
    data = bytes(ROOTS[Signal.LOGS]().SerializeToString()) or b"\x0a\x04\x12\x02\x12\x00"
    records = first_records(
        template_of(tmp_path, {Signal.LOGS: data}), Signal.LOGS, FORMATS["json"][0], Limits(1, 99)
    )
    assert (records.time, records.events) == (0, 1)


@pytest.mark.parametrize("signal", list(Signal))
def test_a_line_that_would_be_too_long_becomes_several(signal: Signal, tmp_path: Path) -> None:
    """They say together what the one line would have said, in the same order, in every pass."""
    templates, most = committed(tmp_path), MOST_OF_A_LINE[signal]
    template, stamper = templates[signal], stampers_of(templates)[signal]
    encoder = json_encoder(template, NONE, most)
    for pass_number in PASSES:
        (block,) = blocks_of(template.plan, Limits(1 << 30, 1 << 30))
        stamped = bytes(stamper.stamp(block, pass_number, START + pass_number))
        batch = encoder.encode(block, pass_number, stamped)
        parts = [line for records in batch for line in lines(records.data)]
        assert 1 < len(parts) == len([*batch])
        assert max(map(len, parts)) < most
        assert sum(records.events for records in batch) == block.events
        assert events_of_lines(signal, parts) == surrounded_events(signal, stamped)


def events_of_lines(signal: Signal, parts: list[bytes]) -> list[Surrounded]:
    return [
        event
        for part in parts
        for event in surrounded_events(signal, read_request(signal, part).SerializeToString())
    ]


def test_an_event_that_makes_a_longer_line_alone_is_a_mistake_of_the_settings(
    tmp_path: Path,
) -> None:
    with pytest.raises(TemplateError, match=r"event 0 of the spans takes .* more than 100"):
        first_records(
            committed(tmp_path),
            Signal.TRACES,
            lambda template: json_encoder(template, NONE, 100),
            Limits(20, 1 << 22),
        )


@every_format
def test_what_is_prepared_ahead_is_the_same(form: tuple[Any, Any, Any], tmp_path: Path) -> None:
    templates = committed(tmp_path)
    template = templates[Signal.TRACES]
    block = blocks_of(template.plan, Limits(20, 1 << 22))[0]
    prepared = form[0](template)
    prepared.prepare(block)
    stamped = bytes(stampers_of(templates)[Signal.TRACES].stamp(block, 0, START))
    assert (
        prepared.encode(block, 0, stamped)[0].data
        == form[0](template).encode(block, 0, stamped)[0].data
    )
