"""`reconcile` passes only a run in which everything accepted arrived, once and whole."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from receiver_reference import ReferenceSender, build_reference_set, write_reference_set
from telemetry_common.signals import Signal
from telemetry_sender.cli import execute
from telemetry_sender.receiver.address import TcpAddress
from telemetry_sender.receiver.intake import CheckingIntake, DiscardingIntake, Intake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.report import build_report
from telemetry_sender.receiver.session import Session
from telemetry_sender.receiver.template_index import load_template_index

SEED = 8
Json = dict[str, Any]


def _report(intake: Intake) -> Json:
    session = Session(TcpAddress("127.0.0.1", 4317), datetime(2026, 1, 1, tzinfo=UTC), 1.0)
    report: Json = build_report(session, intake)
    return report


@pytest.fixture
def received(tmp_path: Path) -> Json:
    """The report of a receiver that got one pass of everything."""
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    sender = ReferenceSender(templates, SEED)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    intake.take(Signal.TRACES, sender.traces(0).SerializeToString())
    intake.take(Signal.METRICS, sender.metrics(0).SerializeToString())
    intake.take(Signal.LOGS, sender.logs(0).SerializeToString())
    intake.take(Signal.PROFILES, sender.profiles(0).SerializeToString())
    return _report(intake)


@pytest.fixture
def sent(received: Json) -> Json:
    """What the sender reports of that run."""
    signals = {
        name: {"sent": counts["events"], "acked": counts["events"], "failed": 0}
        for name, counts in received["signals"].items()
        if counts["events"]
    }
    return {"schema_version": 1, "run": {"seed": SEED, "id": "1"}, "signals": signals}


def _reconcile(directory: Path, sent: object, received: object, *options: str) -> int:
    """Reconcile one sender's report, or a list of several, with the receiver's."""
    reports = [*(sent if isinstance(sent, list) else [sent]), received]
    files = [directory / f"{number}.json" for number in range(len(reports))]
    for file, report in zip(files, reports, strict=True):
        file.write_text(json.dumps(report))
    return execute(["reconcile", *map(str, files), *options])


def _verdict(
    directory: Path, sent: object, received: object, capfd: pytest.CaptureFixture[str]
) -> Json:
    _reconcile(directory, sent, received, "--json")
    verdict: Json = json.loads(capfd.readouterr().out)
    return verdict


def test_a_good_run_reconciles(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _reconcile(tmp_path, sent, received) == 0
    output = capfd.readouterr().out
    assert "spans: lost 0, duplicated 0, foreign 0" in output
    assert output.rstrip().endswith("reconciled")
    assert "differs" not in output


@pytest.mark.parametrize(
    ("section", "name", "difference"),
    [
        ("ledger", "duplicated", "traces: 1 received again, though not retried as often"),
        ("ledger", "foreign", "traces: 1 received, but not of this run"),
        ("ledger", "trace_id_mismatches", "trace_id_mismatches: 1"),
        ("ledger", "parent_id_mismatches", "parent_id_mismatches: 1"),
        ("checks", "children_outside_parents", "children_outside_parents: 1"),
        ("checks", "unresolved_parents", "unresolved_parents: 1"),
        ("checks", "ends_before_starts", "ends_before_starts: 1"),
        ("checks", "invalid_span_ids", "invalid_span_ids: 1"),
        ("checks", "invalid_profile_ids", "invalid_profile_ids: 1"),
        ("checks", "falling_sums", "falling_sums: 1"),
        ("checks", "moved_starts", "moved_starts: 1"),
        ("checks", "outside_time_window", "outside_time_window: 1"),
        ("checks", "malformed_samples", "malformed_samples: 1"),
        ("checks", "missing_zero_values", "missing_zero_values: 1"),
        ("checks", "broken_indices", "broken_indices: 1"),
    ],
)
def test_each_fault_is_named_and_fails(
    tmp_path: Path,
    sent: Json,
    received: Json,
    capfd: pytest.CaptureFixture[str],
    section: str,
    name: str,
    difference: str,
) -> None:
    received[section][name] = 1
    assert _reconcile(tmp_path, sent, received, "--json") == 1
    verdict = json.loads(capfd.readouterr().out)
    assert verdict["ok"] is False
    assert verdict["differences"] == [difference]


@pytest.mark.parametrize("kind", ["links", "logs", "exemplars", "samples"])
def test_an_unresolved_reference_fails(
    tmp_path: Path, sent: Json, received: Json, kind: str
) -> None:
    received["checks"]["references"][kind]["unresolved"] = 1
    assert _reconcile(tmp_path, sent, received) == 1


def test_references_of_a_run_without_traces_are_no_difference(tmp_path: Path) -> None:
    """The spans that its logs name were never to come."""
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), SEED))
    intake.take(Signal.LOGS, ReferenceSender(templates, SEED).logs(0).SerializeToString())
    received = _report(intake)
    received["checks"]["references"]["logs"]["unresolved"] = 7
    events = received["signals"]["logs"]["events"]
    logs = {"sent": events, "acked": events, "failed": 0}
    sent = {"schema_version": 1, "run": {"seed": SEED, "id": "1"}, "signals": {"logs": logs}}
    assert _reconcile(tmp_path, sent, received) == 0


def test_spans_above_the_highest_counter_count_as_lost(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    """The receiver alone cannot know of a lost tail: its own report says lost 0."""
    assert received["ledger"]["lost"] == 0
    for name in ("sent", "acked"):
        sent["signals"]["traces"][name] += 5
    assert _reconcile(tmp_path, sent, received, "--json") == 1
    verdict = json.loads(capfd.readouterr().out)
    assert verdict["faults"]["lost"] == 5
    assert verdict["differences"] == ["traces: 5 acked, but not received"]


@pytest.mark.parametrize("signal", list(Signal))
@pytest.mark.parametrize("step", [1, -1])
def test_a_difference_of_one_event_fails(
    tmp_path: Path, sent: Json, received: Json, signal: str, step: int
) -> None:
    sent["signals"][signal]["acked"] += step
    assert _reconcile(tmp_path, sent, received) == 1


def test_a_signal_that_nobody_sent_fails(tmp_path: Path, sent: Json, received: Json) -> None:
    del sent["signals"]["logs"]
    assert _reconcile(tmp_path, sent, received) == 1


def test_a_run_that_sent_nothing_proves_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sent = {"run": {"seed": SEED}, "signals": {}}
    assert _reconcile(tmp_path, sent, _report(CheckingIntake())) == 1
    assert "no event was acked" in capfd.readouterr().out


def test_without_a_ledger_counts_alone_decide(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    received["ledger"] = received["identity"]["logs"] = received["identity"]["profiles"] = None
    assert _reconcile(tmp_path, sent, received) == 0
    assert "counted only; receive with --templates" in capfd.readouterr().out


def test_reports_of_two_runs_cannot_be_compared(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    sent["run"]["seed"] = SEED + 1
    assert _reconcile(tmp_path, sent, received) == 2
    assert "booked run seed 8, but the sender used 9" in capfd.readouterr().err


def test_a_discarding_receiver_cannot_be_compared(
    tmp_path: Path, sent: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _reconcile(tmp_path, sent, _report(DiscardingIntake())) == 2
    assert "received with --discard" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "not a report"),
        ("[]", "not a report"),
        ("{}", "not a report: run: field required"),
        ('{"run": {"seed": "x"}, "signals": {}}', "not a report: run.seed: "),
        ('{"run": {"seed": 1}, "signals": {"smells": {}}}', "not a report: signals.smells"),
        (
            '{"run": {"seed": 1}, "signals": {"logs": {"sent": -1, "acked": 0}}}',
            "not a report: signals.logs.sent",
        ),
    ],
)
def test_a_malformed_report_is_one_line_and_exit_code_2(
    tmp_path: Path,
    received: Json,
    capfd: pytest.CaptureFixture[str],
    content: str,
    problem: str,
) -> None:
    sender, receiver = tmp_path / "sender.json", tmp_path / "receiver.json"
    sender.write_text(content)
    receiver.write_text(json.dumps(received))
    assert execute(["reconcile", str(sender), str(receiver)]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"error: {sender}: {problem}")
    assert err.count("\n") == 1


def test_a_missing_report_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "sender.json"
    assert execute(["reconcile", str(missing), str(missing)]) == 2
    assert capfd.readouterr().err.startswith(f"error: {missing}: no such file or directory")


@pytest.mark.parametrize("signal", ["metrics", "logs", "profiles"])
@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("duplicated", "received again, though not retried as often"),
        ("foreign", "received, but not of this run"),
    ],
)
def test_every_signal_is_known_by_identity(
    tmp_path: Path,
    sent: Json,
    received: Json,
    capfd: pytest.CaptureFixture[str],
    signal: str,
    name: str,
    difference: str,
) -> None:
    received["identity"][signal][name] = 2
    verdict = _verdict(tmp_path, sent, received, capfd)
    assert verdict["differences"] == [f"{signal}: 2 {difference}"]


@pytest.mark.parametrize("signal", ["metrics", "logs", "profiles"])
def test_a_lost_event_does_not_hide_behind_a_duplicated_one(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str], signal: str
) -> None:
    received["identity"][signal]["unique"] -= 1
    received["identity"][signal]["duplicated"] += 1
    verdict = _verdict(tmp_path, sent, received, capfd)
    assert verdict["signals"][signal]["difference"] == 0
    assert (verdict["faults"]["lost"], verdict["faults"]["duplicated"]) == (1, 1)


def test_what_arrived_although_its_answer_was_lost_is_explained(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of 30 spans sent, 10 failed in the sender's eyes; 6 of these arrived, 5 of them twice."""
    sent["signals"]["traces"].update(acked=20, failed=10, retried=8)
    received["ledger"].update(unique=26, duplicated=5)
    received["checks"]["unresolved_parents"] = 2
    verdict = _verdict(tmp_path, sent, received, capfd)
    assert (verdict["ok"], verdict["differences"]) == (True, [])
    assert verdict["explained"] == [
        "traces: 5 arrived again, of 8 retried",
        "traces: 6 arrived of 10 failed or rejected",
        "traces: 4 of 10 failed or rejected did not arrive",
        "traces: 2 without their parents, which did not arrive",
    ]


@pytest.mark.parametrize(
    ("by_sender", "by_receiver", "name"),
    [
        # One more came again than was retried.
        ({"acked": 30, "retried": 4}, {"unique": 30, "duplicated": 5}, "duplicated"),
        # One more arrived than was acked or failed.
        ({"acked": 20, "failed": 9, "dropped": 1}, {"unique": 30}, "unexpected"),
        # One that was acked is not among those that arrived.
        ({"acked": 20, "failed": 10}, {"unique": 19}, "lost"),
    ],
)
def test_only_what_the_sender_reports_is_explained(
    tmp_path: Path,
    sent: Json,
    received: Json,
    capfd: pytest.CaptureFixture[str],
    by_sender: dict[str, int],
    by_receiver: dict[str, int],
    name: str,
) -> None:
    sent["signals"]["traces"].update(by_sender)
    received["ledger"].update(by_receiver)
    verdict = _verdict(tmp_path, sent, received, capfd)
    assert not verdict["ok"]
    assert {fault: count for fault, count in verdict["faults"].items() if count} == {name: 1}


def test_rejected_events_must_be_those_that_the_receiver_rejected(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    sent["signals"]["traces"].update(acked=27, rejected=3)
    received["faults"]["rejected_events"] = {"traces": 3}
    assert _verdict(tmp_path, sent, received, capfd)["ok"]
    received["faults"]["rejected_events"] = {"traces": 4}
    verdict = _verdict(tmp_path, sent, received, capfd)
    assert verdict["differences"] == ["traces: 1 rejected by one report and not by the other"]


def test_a_partial_success_counts_profiles_and_the_reports_count_samples(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of 14 samples, one profile with 5 was rejected; the sender takes it for one event."""
    sent["signals"]["profiles"].update(acked=13, rejected=1)
    received["identity"]["profiles"]["unique"] = received["signals"]["profiles"]["events"] = 9
    received["faults"]["rejected_events"] = {"profiles": 5}
    verdict = _verdict(tmp_path, sent, received, capfd)
    assert verdict["differences"] == []
    received["identity"]["profiles"]["unique"] = 8
    assert _verdict(tmp_path, sent, received, capfd)["faults"]["lost"] == 1


def test_several_senders_are_summed(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two instances shared out the run; one of them sent no profiles."""
    first, second = copy.deepcopy(sent), copy.deepcopy(sent)
    for name, each in second["signals"].items():
        for count in ("sent", "acked"):
            each[count] = 0 if name == "profiles" else each[count] // 3
            first["signals"][name][count] -= each[count]
    del second["signals"]["profiles"]
    verdict = _verdict(tmp_path, [first, second], received, capfd)
    assert verdict["ok"]
    assert verdict["signals"]["traces"]["sent"] == 30


def test_senders_of_different_runs_cannot_be_summed(
    tmp_path: Path, sent: Json, received: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    other = {**sent, "run": {"seed": SEED + 1}}
    assert _reconcile(tmp_path, [sent, other], received) == 2
    assert "run seeds 8 and 9 are not of one run" in capfd.readouterr().err


def test_repeats_that_no_ledger_knows_are_explained_by_retries(
    tmp_path: Path, sent: Json, received: Json
) -> None:
    received["ledger"] = received["identity"]["logs"] = received["identity"]["profiles"] = None
    received["checks"]["repeated_span_ids"] = 2
    received["signals"]["traces"]["events"] += 2
    assert _reconcile(tmp_path, sent, received) == 1
    sent["signals"]["traces"]["retried"] = 2
    assert _reconcile(tmp_path, sent, received) == 0
