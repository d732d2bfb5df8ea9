"""The report follows its schema, says what happened, and holds no secret."""

import json
import time
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sender_results import STARTED, make_config, make_result, make_stats, send
from telemetry_common.documents import json_text, write_document
from telemetry_common.signals import Signal
from telemetry_common.versions import installed_versions
from telemetry_sender.results.report import build_report
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.headers import expand_headers, redactor

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA = json.loads((DOCS / "report.schema.json").read_text())


def report_of(result: RunResult) -> Any:
    """Return the report as a reader of the file sees it, after a check against the schema."""
    built = build_report(result, versions={"stampede": "1", "python": "3"}, cpu_count=2)
    report = json.loads(json_text(built))
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(SCHEMA, format_checker=checker).validate(report)
    return report


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_run_with_every_kind_of_outcome() -> None:
    report = report_of(make_result())
    assert report["schema_version"] == 2
    assert report["outcome"] == "completed"
    assert report["run"]["seed"] == 42
    assert report["run"]["start"] == "2026-01-02T03:04:05.678901Z"
    assert report["run"]["duration_seconds"] == 2.0
    assert report["run"]["cpu_count"] == 2
    assert report["intended"] == {"events_per_second": 10_000, "events": None}
    assert report["totals"]["acked"] == 145
    assert report["signals"]["logs"]["dropped"] == 7
    assert report["rate"] == {
        "achieved_events_per_second": 72.5,
        "sent_events_per_second": 90.0,
        "accuracy_percent": 0.9,
        "overshoot_percent": None,
        "undershoot_percent": None,
    }
    assert report["latency_ms"]["response"]["max"] == pytest.approx(750, rel=1e-3)
    assert report["signals"]["traces"]["latency_ms"]["service"]["p50"] == pytest.approx(2, rel=1e-3)
    assert report["errors"] == [
        {"signal": "logs", "code": "UNAVAILABLE", "message": "down", "count": 1},
        {"signal": "traces", "code": "PARTIAL_SUCCESS", "message": "five too old", "count": 1},
    ]
    assert report["sender"] == {
        "cpu_seconds": 1.0,
        "cpu_utilization": 0.5,
        "max_rss_bytes": 50 << 20,
        "queued_seconds": 0.0,
        "processes": 1,
        "cores": 1,
        "requests_in_flight": 0.002,
    }


def test_the_start_is_told_in_utc_wherever_the_sender_runs() -> None:
    abroad = STARTED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    report = report_of(replace(make_result(), started_at=abroad))
    assert report["run"]["start"] == "2026-01-02T03:04:05.678901Z"


def test_passes_say_how_often_the_set_went_out() -> None:
    report = report_of(make_result())
    assert report["signals"]["traces"]["passes"] == 1.5
    assert report["signals"]["logs"]["passes"] == 0.0


def test_a_run_that_sent_nothing_has_a_valid_report() -> None:
    stats = RunStats([Signal.METRICS])
    unlimited = make_config(sending={"rate_limit": {"events_per_second": 0}})
    result = make_result(stats, unlimited, outcome=Outcome.INTERRUPTED, duration_seconds=0.0)
    report = report_of(result)
    assert report["intended"] == {"events_per_second": None, "events": None}
    assert report["latency_ms"]["service"] == dict.fromkeys(("p50", "p90", "p99", "p999", "max"))
    assert report["rate"]["achieved_events_per_second"] == 0
    assert report["errors"] == []


@given(
    counts=st.lists(
        st.tuples(st.sampled_from(Signal), st.integers(1, 10**9), st.floats(0.0, 1e6)), max_size=20
    ),
    rate=st.floats(min_value=-1, max_value=1e7),
    duration=st.just(0.0) | st.floats(min_value=1e-6, max_value=1e6),
    outcome=st.sampled_from(Outcome),
)
@example(counts=[(Signal.TRACES, 1, 0.0)], rate=2.3e-308, duration=1.0, outcome=Outcome.COMPLETED)
def test_every_report_follows_the_schema(
    counts: list[tuple[Signal, int, float]], rate: float, duration: float, outcome: Outcome
) -> None:
    stats = RunStats(Signal)
    for signal, events, millis in counts:
        send(stats, signal, events, millis=millis)
    config = make_config(sending={"rate_limit": {"events_per_second": rate}})
    report = report_of(make_result(stats, config, outcome=outcome, duration_seconds=duration))
    assert report["totals"]["acked"] == sum(events for _, events, _ in counts)


@pytest.mark.parametrize(
    "section", ["", "run", "totals", "sender", "rate", "intended", "wire", "limit", "series"]
)
def test_the_schema_refuses_unknown_and_missing_fields(section: str) -> None:
    """Otherwise the checks above could not fail."""
    validator = Draft202012Validator(SCHEMA)
    for change in ("add", "remove"):
        report = report_of(make_result())
        target = report[section] if section else report
        if change == "add":
            target["surprise"] = 1
        else:
            target.pop(next(iter(target)))
        assert not validator.is_valid(report)


def test_every_field_of_the_report_is_documented() -> None:
    text = (DOCS / "report.md").read_text()
    report = report_of(make_result())
    sections = ("run", "intended", "rate", "wire", "limit", "sender", "series")
    for field in [f"{section}.{name}" for section in sections for name in report[section]]:
        assert f"`{field}`" in text
    for counter in report["totals"]:
        assert f"| `{counter}` |" in text


def test_run_ids_differ_even_for_the_same_seed() -> None:
    first, second = make_result(), make_result()
    assert report_of(first)["run"]["id"] == report_of(second)["run"]["id"]
    later = replace(first, started_at=STARTED + timedelta(microseconds=1))
    assert report_of(later)["run"]["id"] != report_of(first)["run"]["id"]


# Characters that no other part of a report has in a row.
TOKENS = st.text('QXZ!~"\\', min_size=12)


@given(literal=TOKENS, variable=TOKENS)
def test_no_header_value_is_in_the_report_even_when_a_receiver_echoes_it(
    literal: str, variable: str
) -> None:
    headers = {"authorization": f"Bearer {literal}", "x-key": "${KEY}"}
    expanded = expand_headers(headers, {"KEY": variable})
    config = make_config(otlp={"endpoint": "h:1", "headers": headers})

    def report_with(message: str) -> Any:
        stats = RunStats([Signal.TRACES], redactor(expanded))
        send(stats, Signal.TRACES, 1, Delivery("UNAUTHENTICATED", message=message))
        return report_of(make_result(stats, config))

    report = report_with(f"bad tokens <{literal}> and <{variable}>")
    assert report["errors"][0]["message"] == "bad tokens <***> and <***>"
    assert report["run"]["configuration"]["otlp"]["headers"] == {
        "authorization": "***",
        "x-key": "${KEY}",
    }
    assert literal not in str(report)
    assert variable not in str(report)


def test_the_file_holds_the_report(tmp_path: Path) -> None:
    report = build_report(make_result(), versions=installed_versions(), cpu_count=None)
    target = tmp_path / "run.json"
    write_document(json_text(report), target)
    assert json.loads(target.read_bytes()) == report
    assert target.read_bytes().endswith(b"}\n")
    Draft202012Validator(SCHEMA).validate(json.loads(target.read_bytes()))


def test_versions_name_what_decides_about_speed() -> None:
    assert {"stampede", "python", "grpcio", "numpy", "protobuf"} <= installed_versions().keys()


def test_usage_counts_the_cpu_of_the_run_and_the_memory_of_the_process() -> None:
    assert ProcessUsage(5.0, 700, 1.5).since(ProcessUsage(3.0, 600, 1.0)) == ProcessUsage(
        2.0, 700, 0.5
    )


def test_usage_is_measured_in_seconds_and_bytes() -> None:
    used = ProcessUsage.now()
    assert used.cpu_seconds == pytest.approx(time.process_time(), abs=1.0)
    assert 10 << 20 < used.max_rss_bytes < 10 << 30


@pytest.mark.parametrize(
    ("outcome", "accepted", "code"),
    [
        (Outcome.COMPLETED, True, 0),
        (Outcome.INTERRUPTED, True, 0),
        (Outcome.FAILED, True, 1),
        (Outcome.COMPLETED, False, 1),
        (Outcome.INTERRUPTED, False, 1),
    ],
)
def test_the_exit_code_says_whether_anything_arrived(
    outcome: Outcome, accepted: bool, code: int
) -> None:
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, 10, Delivery() if accepted else Delivery("UNAVAILABLE"))
    assert make_result(stats, outcome=outcome).exit_code == code


def test_an_interrupt_before_the_first_request_is_no_failure() -> None:
    stats = RunStats([Signal.LOGS])
    assert make_result(stats, outcome=Outcome.INTERRUPTED).exit_code == 0


def test_statistics_of_the_helper_are_balanced() -> None:
    assert make_stats().totals().in_flight == 0
