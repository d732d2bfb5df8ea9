"""What every dialect says is what the stamped requests say, and what its schemas allow."""

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    START,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from dialect_reference import REFERENCES, told_of
from handmade_set import HandmadeSet
from record_lines import SMALL_BLOCKS, Made, made_of
from record_schemas import validator
from sender_results import make_config
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.dialects.melt import DIALECT as MELT
from telemetry_sender.records.dialects.telegen import DIALECT as TELEGEN
from telemetry_sender.records.dialects.triage import DIALECT as TRIAGE
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.build import make_stampers
from template_files import template_of

DIALECTS = [TRIAGE, MELT, TELEGEN]
TIMELINE = {"mode": "timeline", "start": "2026-01-01T00:00:00Z"}
PASSES = 3
NAMES = [dialect.name for dialect in DIALECTS]

all_dialects = pytest.mark.parametrize("dialect", DIALECTS, ids=NAMES)


def assert_as_told(
    dialect: Dialect, template: Template, stamper: BlockStamper, limits: Limits = SMALL_BLOCKS
) -> None:
    """Compare the records of some passes with what the decoded requests say."""
    originals: dict[int, Message] = {}
    count = 0
    for made in made_of(dialect, template, stamper, passes=PASSES, limits=limits):
        original = originals.setdefault(made.first, made.request)
        read = {stream: list(map(json.loads, each)) for stream, each in made.records.items()}
        assert read == expected_of(dialect.name, template, made, original)
        for stream, records in read.items():
            count += len(records)
            for record in records:
                validator(dialect.name, stream).validate(record)
    assert count == PASSES * template.plan.events


def expected_of(
    dialect: str, template: Template, made: Made, original: Message
) -> dict[str, list[dict[str, Any]]]:
    number = made.pass_number * template.plan.events + made.first + 1
    found: dict[str, list[dict[str, Any]]] = {}
    for told in told_of(made.request, original, number):
        stream = told.stream
        found.setdefault(stream, []).append(REFERENCES[dialect][stream](told))
    return found


@all_dialects
@pytest.mark.parametrize("timestamps", [TIMELINE, {}], ids=["timeline", "live"])
def test_records_of_the_committed_set_say_what_a_receiver_sees(
    dialect: Dialect, timestamps: Mapping[str, Any], tmp_path: Path
) -> None:
    data = committed_data()
    templates = template_of(tmp_path, data)
    config = make_config(timestamps=timestamps).timestamps
    stampers = make_stampers(config, templates, seed=7, start=START)
    for signal, template in templates.items():
        assert_as_told(dialect, template, stampers[signal])


@all_dialects
def test_every_kind_of_point_has_a_value(dialect: Dialect, tmp_path: Path) -> None:
    data = bytes(HandmadeSet().metrics.SerializeToString())
    templates = template_of(tmp_path, {Signal.METRICS: data})
    assert_as_told(dialect, templates[Signal.METRICS], stampers_of(templates)[Signal.METRICS])


@all_dialects
@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(40)
@given(rng=sources)
def test_records_of_arbitrary_files_say_what_the_bytes_say(
    dialect: Dialect, signal: Signal, rng: Random
) -> None:
    """In unusual encodings too, with any ids, times and values: one line for each event."""
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), {signal: encoded_sample(rng, signal)})
        limits = Limits(rng.randrange(1, 6), 1 << 22)
        assert_as_told(dialect, templates[signal], stampers_of(templates)[signal], limits)


@all_dialects
def test_the_series_of_a_metric_can_be_told_apart(dialect: Dialect, tmp_path: Path) -> None:
    """By what reports them and by their attributes."""
    data = (COMMITTED / "small-metrics.pb").read_bytes()
    templates = template_of(tmp_path, {Signal.METRICS: data})
    whole = Limits(templates[Signal.METRICS].plan.events, 1 << 30)
    stamper = stampers_of(templates)[Signal.METRICS]
    (made,) = made_of(dialect, templates[Signal.METRICS], stamper, limits=whole)
    records = [json.loads(line) for line in made.records["metrics"]]
    points = {json.dumps(without_value(record), sort_keys=True) for record in records}
    assert len(points) == len(records) > 50


def without_value(record: dict[str, Any]) -> dict[str, Any]:
    """Return a point's record without its value and its number; the time is that of its pass."""
    named = record.get("data", record)
    return {key: value for key, value in named.items() if key != "value"}


def test_the_same_run_makes_the_same_bytes(tmp_path: Path) -> None:
    data = {Signal.TRACES: (COMMITTED / "small-traces.pb").read_bytes()}
    templates = template_of(tmp_path, data)
    runs = []
    for _ in range(2):
        stamper = stampers_of(templates)[Signal.TRACES]
        made = made_of(MELT, templates[Signal.TRACES], stamper, passes=2)
        runs.append([each.records for each in made])
    assert runs[0] == runs[1]


@all_dialects
@pytest.mark.parametrize("signal", [Signal.TRACES, Signal.LOGS])
def test_records_do_not_depend_on_how_blocks_are_cut(
    dialect: Dialect, signal: Signal, tmp_path: Path
) -> None:
    """Nor do their numbers."""
    data = committed_data()
    templates = template_of(tmp_path, data)
    found: list[dict[str, bytes]] = []
    for batch in (7, 1_000):
        stamper, joined = stampers_of(templates)[signal], dict[str, bytes]()
        limits = Limits(batch, 1 << 30)
        for made in made_of(dialect, templates[signal], stamper, limits=limits):
            for stream, lines in made.records.items():
                joined[stream] = joined.get(stream, b"") + b"".join(lines)
        found.append(joined)
    assert found[0] == found[1]


def test_a_second_pass_has_ids_of_its_own(tmp_path: Path) -> None:
    """So that the comparison above cannot have compared one pass with itself."""
    data = {Signal.TRACES: (COMMITTED / "small-traces.pb").read_bytes()}
    templates = template_of(tmp_path, data)
    whole = Limits(templates[Signal.TRACES].plan.events, 1 << 30)
    stamper = stampers_of(templates)[Signal.TRACES]
    first, second = made_of(MELT, templates[Signal.TRACES], stamper, passes=2, limits=whole)
    ids = [
        {json.loads(line)["span_id"] for line in each.records["traces"]} for each in (first, second)
    ]
    assert not ids[0] & ids[1]
