"""The parsers of InfluxDB and Telegraf read every line, as what the stamped requests say."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, example, given, settings

from core_support import COMMITTED, COMMITTED_SIGNALS, encoded_sample, sources
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
from line_protocol import Line
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
    data = {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in COMMITTED_SIGNALS}
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
