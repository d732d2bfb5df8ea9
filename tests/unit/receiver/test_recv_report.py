"""The report and the summary say what the intake found, no more."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from receiver_reference import (
    START_NANOS,
    ReferenceSender,
    build_reference_set,
    count_samples,
    write_reference_set,
)
from telemetry_common.signals import Signal
from telemetry_sender.receiver.address import TcpAddress
from telemetry_sender.receiver.intake import CheckingIntake, DiscardingIntake, Intake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.report import build_report
from telemetry_sender.receiver.session import Session
from telemetry_sender.receiver.summary import summary
from telemetry_sender.receiver.template_index import load_template_index
from telemetry_sender.receiver.time_window import TimeWindow

_SCHEMA = Path(__file__).parents[3] / "docs" / "receiver-report.schema.json"
SEED = 21


def _report(intake: Intake) -> dict[str, Any]:
    session = Session(TcpAddress("127.0.0.1", 4317), datetime(2026, 1, 1, tzinfo=UTC), 1.0)
    report: dict[str, Any] = build_report(session, intake)
    jsonschema.validate(report, json.loads(_SCHEMA.read_text()))
    return report


def _text(report: dict[str, Any]) -> str:
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(summary(report))
    return console.export_text()


@pytest.mark.parametrize("forged", [True, False])
def test_references_are_unresolved_beyond_those_of_the_templates(
    tmp_path: Path, forged: bool
) -> None:
    """One log record of each pass names a foreign span in the templates already."""
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    for number in range(3):
        request = ReferenceSender(templates, SEED).logs(number)
        if forged and number == 1:
            request.resource_logs[0].scope_logs[0].log_records[0].span_id = b"\x01" * 8
        intake.take(Signal.LOGS, request.SerializeToString())
    assert _report(intake)["checks"]["references"]["logs"]["unresolved"] == (1 if forged else 0)


@pytest.mark.parametrize("forged", [True, False])
def test_samples_are_unresolved_beyond_those_of_the_templates(tmp_path: Path, forged: bool) -> None:
    """Each sample counts that names the forged link; one that no sample names counts for none."""
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    for number in range(3):
        request = ReferenceSender(templates, SEED).profiles(number)
        request.dictionary.link_table.add(trace_id=b"\x01" * 16, span_id=b"\x01" * 8)
        if forged and number == 1:
            request.dictionary.link_table[2].span_id = b"\x01" * 8
            profile = request.resource_profiles[0].scope_profiles[0].profiles[1]
            profile.samples[0].link_index = 2
        intake.take(Signal.PROFILES, request.SerializeToString())
    report = _report(intake)
    assert report["signals"]["profiles"]["events"] == 3 * count_samples(templates.profiles)
    assert report["signals"]["profiles"]["profiles"] == 9
    samples = report["checks"]["references"]["samples"]
    assert samples == {"seen": 3 * 11, "invalid": 0, "unresolved": 2 if forged else 0}


def test_a_ledger_that_saw_nothing_reports_nothing_lost(tmp_path: Path) -> None:
    write_reference_set(build_reference_set(), tmp_path)
    ledger = _report(CheckingIntake(Ledger(load_template_index(tmp_path), SEED)))["ledger"]
    assert (ledger["highest_counter"], ledger["passes_seen"], ledger["lost"]) == (-1, 0, 0)


def test_the_summary_names_only_what_is_wrong() -> None:
    sender = ReferenceSender(build_reference_set(), SEED)
    intake = CheckingIntake()
    intake.take(Signal.TRACES, sender.traces(0, keep=lambda index: index != 0).SerializeToString())
    text = _text(_report(intake))
    assert "checks: unresolved parents 2\n" in text
    assert "traces          1" in text
    assert "metrics" not in text


def test_the_summary_of_a_discarding_receiver_claims_no_events_and_no_checks() -> None:
    intake = DiscardingIntake()
    intake.take(Signal.LOGS, bytes(2_048))
    text = _text(_report(intake))
    assert "2.0 KB        -" in text
    assert "checks" not in text


def _received(tmp_path: Path, arrival: int, **options: Any) -> CheckingIntake:
    """Return an intake that got two passes of everything but traces at `arrival`."""
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    sender = ReferenceSender(templates, SEED)
    ledger = Ledger(load_template_index(tmp_path), SEED)
    intake = CheckingIntake(ledger, clock=lambda: arrival, **options)
    for number in (0, 1):
        intake.take(Signal.METRICS, sender.metrics(number).SerializeToString())
        intake.take(Signal.LOGS, sender.logs(number).SerializeToString())
        intake.take(Signal.PROFILES, sender.profiles(number).SerializeToString())
    return intake


def test_every_signal_is_reported_by_identity(tmp_path: Path) -> None:
    """A log record of the second pass is repeated, and the third pass begins with points."""
    intake = _received(tmp_path, START_NANOS)
    sender = ReferenceSender(build_reference_set(), SEED)
    repeated = sender.logs(1)
    del repeated.resource_logs[0].scope_logs[0].log_records[1:]
    intake.take(Signal.LOGS, repeated.SerializeToString())
    begun = sender.metrics(2)
    del begun.resource_metrics[0].scope_metrics[0].metrics[1:]
    intake.take(Signal.METRICS, begun.SerializeToString())
    report = _report(intake)
    identity = report["identity"]
    logs = report["signals"]["logs"]["events"]
    assert (identity["logs"]["unique"], identity["logs"]["duplicated"]) == (logs - 1, 1)
    assert identity["profiles"]["unique"] == report["signals"]["profiles"]["events"]
    assert identity["profiles"]["passes_seen"] == 2
    metrics = identity["metrics"]["templates"]
    # Of six points a pass, four series have one, and have not come a third time.
    assert (metrics["passes_seen"], metrics["behind"]) == (3, 4)
    assert metrics["furthest_behind"][0] == {"first_event": 2, "received": 2, "missing": 1}
    assert "logs: unique 36, duplicated 1, foreign 0\n" in _text(report)


def test_delays_and_the_window_are_reported_and_shown(tmp_path: Path) -> None:
    """Everything happened within two horizons of a millisecond, a second before it arrived."""
    window = TimeWindow(max_age_nanos=999_000_000)
    arrival = START_NANOS + 1_000_000_000
    report = _report(_received(tmp_path, arrival, time_window=window))
    delay = report["delay_ms"]["metrics"]
    assert delay["p50"] == delay["max"] == pytest.approx(1000, rel=1e-3)
    assert delay["events"] == report["signals"]["metrics"]["events"]
    assert report["delay_ms"]["traces"]["p50"] is None
    assert report["checks"]["outside_time_window"] > 0
    text = _text(report)
    assert "delay of metrics in ms: p50 1,000" in text
    assert "outside time window" in text
    assert "delay of traces" not in text


def test_without_a_window_nothing_is_outside_it(tmp_path: Path) -> None:
    report = _report(_received(tmp_path, START_NANOS - 1))
    assert report["checks"]["outside_time_window"] is None
    assert report["delay_ms"]["metrics"]["from_the_future"] == 12
    assert "metrics: 12 events from the future\n" in _text(report)
