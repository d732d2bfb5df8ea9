"""Records of the dialect telegen: envelopes with type, time and number."""

from itertools import pairwise

import pytest

from core_support import START, committed_data
from record_lines import lines_of
from telemetry_common.signals import Signal
from telemetry_sender.records.dialects.telegen import DIALECT

PASSES = 3
DATA = committed_data()


@pytest.mark.parametrize("signal", [Signal.TRACES, Signal.METRICS])
def test_numbers_count_the_records_of_a_stream_through_all_passes(signal: Signal) -> None:
    records = lines_of(DIALECT, DATA, passes=PASSES)[signal]
    assert [each["seq_id"] for each in records] == list(range(1, len(records) + 1))


def test_logs_and_events_are_numbered_together() -> None:
    """So that their order can be told, though they are in different files."""
    found = lines_of(DIALECT, DATA, passes=PASSES)
    numbers = [[each["seq_id"] for each in found[stream]] for stream in ("logs", "events")]
    assert all(before < after for each in numbers for before, after in pairwise(each))
    assert sorted(numbers[0] + numbers[1]) == list(range(1, len(numbers[0] + numbers[1]) + 1))


def test_points_are_updates_and_all_else_are_events() -> None:
    found = lines_of(DIALECT, DATA)
    kinds = {stream: {each["type"] for each in records} for stream, records in found.items()}
    assert kinds == {
        "metrics": {"update"},
        "traces": {"event"},
        "logs": {"event"},
        "events": {"event"},
    }


def test_times_are_unix_milliseconds() -> None:
    records = lines_of(DIALECT, DATA)["metrics"]
    assert {each["timestamp"] for each in records} == {START // 1_000_000}
    assert len(str(records[0]["timestamp"])) == 13


def test_logs_name_spans_of_the_run() -> None:
    found = lines_of(DIALECT, DATA, passes=PASSES)
    spans = {(each["data"]["trace_id"], each["data"]["span_id"]) for each in found["traces"]}
    said = [each["data"] for each in found["logs"] + found["events"]]
    joined = {(each["trace_id"], each["span_id"]) for each in said if each["trace_id"]}
    assert len(joined) > 50
    assert joined <= spans
