"""A flat record says what the stamped event says, in every pass, whatever the file."""

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData

from core_support import (
    COMMITTED_SIGNALS,
    any_runs,
    committed_data,
    encoded_sample,
    examples,
    small_limits,
    sources,
    stampers_of,
)
from flat_rebuilding import events_of, rebuilt
from flat_reference import flat_records
from otlp_samples import ROOTS
from project_files import ROOT
from record_lines import lines_of, made_of
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.records.dialects.flat import DIALECT
from template_files import template_of


def assert_records_say_what_is_stamped(
    templates: Mapping[Signal, Template], signal: Signal, limits: Limits, **run: int
) -> None:
    """Compare all lines of three passes with what the decoded requests say, field by field."""
    stamper = stampers_of(templates, **run)[signal]
    for made in made_of(DIALECT, templates[signal], stamper, passes=3, limits=limits):
        wanted: dict[str, list[str]] = {}
        for stream, record in flat_records(made.request):
            wanted.setdefault(stream, []).append(told(record))
        assert {name: [told(json.loads(line)) for line in lines]
                for name, lines in made.records.items()} == wanted  # fmt: skip
        for line in (line for lines in made.records.values() for line in lines):
            assert b"\0" not in line
            assert line.endswith(b"}\n")
            assert line.count(b"\n") == 1


def told(record: Any) -> str:
    """Return a record in a form that tells apart what `==` does not: order, 1 and 1.0 and true."""
    return json.dumps(record)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(25)
@given(rng=sources, limits=small_limits, run=st.fixed_dictionaries(any_runs))
def test_records_of_arbitrary_files_say_what_the_bytes_say(
    signal: Signal, rng: Random, limits: Limits, run: dict[str, int]
) -> None:
    """In unusual encodings too, with unknown fields, and times of any size."""
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), files)
        assert_records_say_what_is_stamped(templates, signal, limits, **run)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_records_of_the_committed_set_say_what_the_bytes_say(
    signal: Signal, tmp_path: Path
) -> None:
    data = committed_data()
    templates = template_of(tmp_path, data)
    assert_records_say_what_is_stamped(templates, signal, Limits(20, 1 << 22), jitter=10**8)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(25)
@given(rng=sources)
def test_an_event_can_be_made_again_from_its_record(signal: Signal, rng: Random) -> None:
    """With all that the documentation does not name as left out."""
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), {signal: encoded_sample(rng, signal)})
        stamper = stampers_of(templates)[signal]
        for made in made_of(DIALECT, templates[signal], stamper):
            found = [
                rebuilt(stream, json.loads(line))
                for stream, lines in made.records.items()
                for line in lines
            ]
            wanted = events_of(made.request)
            if signal is Signal.LOGS:
                # Those with names are records of their own stream, which comes behind.
                wanted.sort(key=lambda event: bool(event[2].event_name))  # type: ignore[attr-defined]
            assert found == wanted


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(20)
@given(rng=sources)
def test_the_documentation_names_every_member_of_a_record(signal: Signal, rng: Random) -> None:
    page = (ROOT / "docs" / "records.md").read_text()
    message = ROOTS[signal].FromString(encoded_sample(rng, signal))
    for _, record in flat_records(message):
        missing = [name for name in record if f"`{name}`" not in page]
        assert missing == []


def test_text_is_written_as_it_is_and_bytes_in_base64() -> None:
    values = {
        "text": AnyValue(string_value='a"\\\n\t\0é😀'),
        "bytes": AnyValue(bytes_value=b"\xff\0\x01"),
        "none": AnyValue(),
        "nan": AnyValue(double_value=float("nan")),
    }
    pairs = [KeyValue(key=key, value=value) for key, value in values.items()]
    record = LogRecord(
        time_unix_nano=1, attributes=pairs, body=AnyValue(double_value=1e300 * 1e300)
    )
    data = LogsData()
    data.resource_logs.add().scope_logs.add(log_records=[record])
    (line,) = lines_of(DIALECT, {Signal.LOGS: data})["logs"]
    text = 'a"\\\n\t\0é😀'
    assert line["attributes"] == {"text": text, "bytes": "/wAB", "none": None, "nan": None}
    assert line["body"] is None
