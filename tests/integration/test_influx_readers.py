"""The parsers of InfluxDB and Telegraf read every line, as what the stamped requests say."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings

from core_support import COMMITTED, COMMITTED_SIGNALS, committed_data, encoded_sample, sources
from handmade_set import HandmadeSet
from influx_lines import Pair, pairs_of_set
from influx_texts import (
    LogTexts,
    MetricTexts,
    log_texts,
    logs_with,
    metric_texts,
    metrics_with,
)
from integration.influx_parsers import BUILD, InfluxParsers, find_parsers, influx_parsers
from integration.processes import sender_command
from line_protocol import Line, read_line
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal
from telemetry_sender.sinks.influx import DEFAULT_TAGS

TAGS = {Signal.TRACES: DEFAULT_TAGS, Signal.METRICS: None, Signal.LOGS: DEFAULT_TAGS}

few = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def parsers() -> Iterator[InfluxParsers]:
    program = find_parsers()
    if program is None:
        pytest.skip(f"no parsers of InfluxDB; build them with {BUILD} (needs Go)")
    with influx_parsers(program) as running:
        yield running


def assert_read(parsers: InfluxParsers, pairs: Iterable[Pair]) -> None:
    """Compare what both parsers read; only the library knows escaped line breaks."""
    for pair in pairs:
        read = parsers.read(pair.line)
        assert read["influxdb"] == pair.expected
        assert _on_one_line(read["library"]) == pair.expected


def _on_one_line(line: Line) -> Line:
    fields = {
        key: value.replace("\n", "\\n").replace("\r", "\\r") if isinstance(value, str) else value
        for key, value in line.fields.items()
    }
    return replace(line, fields=fields)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_they_read_the_committed_set(parsers: InfluxParsers, signal: Signal) -> None:
    data = committed_data()
    assert_read(parsers, pairs_of_set(data, signal, TAGS[signal]))


def test_they_read_every_kind_of_point(parsers: InfluxParsers) -> None:
    data = {Signal.METRICS: HandmadeSet().metrics.SerializeToString()}
    assert_read(parsers, pairs_of_set(data, Signal.METRICS, None))


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@few
@given(rng=sources)
def test_they_read_arbitrary_values(parsers: InfluxParsers, signal: Signal, rng: Random) -> None:
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    assert_read(parsers, pairs_of_set(files, signal, TAGS[signal]))


@few
@given(told=metric_texts)
@example(told=[("#a\\", "time", "a\\", "value", "a\\,b"), ("", "count", "\\ ", "\\=", "= ")])
def test_they_read_any_text_in_names_and_tags(
    parsers: InfluxParsers, told: list[MetricTexts]
) -> None:
    assert_read(parsers, pairs_of_set({Signal.METRICS: metrics_with(told)}, Signal.METRICS, None))


@few
@given(told=log_texts)
@example(told=[("trace_id", '"', '\\"\n\r\\n', "\0")])
def test_they_read_any_text_in_fields(parsers: InfluxParsers, told: list[LogTexts]) -> None:
    assert_read(parsers, pairs_of_set({Signal.LOGS: logs_with(told)}, Signal.LOGS, ()))


def test_they_read_every_line_of_a_real_run(parsers: InfluxParsers, tmp_path: Path) -> None:
    """With options that change what is a tag; every span keeps an id of its own."""
    inputs = "".join(f"  {name}: {COMMITTED}/small-{name}.pb\n" for name in COMMITTED_SIGNALS)
    config = tmp_path / "sender.yaml"
    config.write_text(f"input:\n{inputs}sending:\n  multiplier: 2\n")
    sink = f"influx:directory={tmp_path / 'out'},max_tag_values=2,resource_fields=true"
    subprocess.run(sender_command("--config", config, "--sink", sink), check=True)
    entries = load_manifest(find_manifest(COMMITTED)).files
    read = [
        _agreed(parsers.read(line), line)
        for path in (tmp_path / "out").glob("*.lp")
        for line in path.read_bytes().splitlines(keepends=True)
    ]
    assert len(read) == 2 * sum(entries[signal].events for signal in COMMITTED_SIGNALS)
    spans = {line.fields["span_id"] for line in read if line.measurement == "spans"}
    assert len(spans) == 2 * entries[Signal.TRACES].events


def _agreed(found: dict[str, Line], line: bytes) -> Line:
    assert found["influxdb"] == _on_one_line(found["library"]) == read_line(line)
    return found["influxdb"]
