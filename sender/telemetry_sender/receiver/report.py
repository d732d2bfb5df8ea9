"""The receiver's report: what arrived, what was wrong with it, and what did not arrive.

`docs/receiver.md` explains every field, `docs/receiver-report.schema.json` is its JSON Schema.
"""

from dataclasses import asdict

from telemetry_common.signals import Signal
from telemetry_common.units import format_instant
from telemetry_common.versions import installed_versions
from telemetry_sender.receiver.intake import CheckingIntake, Intake
from telemetry_sender.receiver.ledger import Ledger, SpanExample
from telemetry_sender.receiver.profile_checks import ProfileChecks
from telemetry_sender.receiver.references import Reference
from telemetry_sender.receiver.report_identity import identity_report
from telemetry_sender.receiver.session import Session
from telemetry_sender.receiver.tally import Tally
from telemetry_sender.receiver.timing import Timing

SCHEMA_VERSION = 2

_SIGNAL_OF = {
    Reference.LINKS: Signal.TRACES,
    Reference.LOGS: Signal.LOGS,
    Reference.EXEMPLARS: Signal.METRICS,
    Reference.SAMPLES: Signal.PROFILES,
}

Json = dict[str, object]


def build_report(session: Session, intake: Intake) -> Json:
    """Return the report of an ended session; settles what the intake still kept open."""
    checked = intake if isinstance(intake, CheckingIntake) else None
    if checked:
        checked.window.close()
    return {
        "schema_version": SCHEMA_VERSION,
        "run": _run(session, discard=checked is None),
        "signals": _signals(intake.tally, decoded=checked is not None),
        "totals": _totals(intake.tally, decoded=checked is not None),
        "checks": _checks(checked) if checked else None,
        "ledger": _ledger(checked.ledger) if checked and checked.ledger else None,
        "identity": identity_report(checked.books) if checked else None,
        "delay_ms": _delays(checked.timing) if checked else None,
        "faults": session.faults.as_json(),
        "errors": _errors(intake.tally),
    }


def _run(session: Session, *, discard: bool) -> Json:
    return {
        "start": format_instant(session.started_at),
        "duration_seconds": session.duration_seconds,
        "address": session.address and str(session.address),
        "http_address": session.http_address and str(session.http_address),
        "discard": discard,
        "versions": installed_versions(),
    }


def _signals(tally: Tally, *, decoded: bool) -> Json:
    signals: dict[str, Json] = {str(name): asdict(each) for name, each in tally.signals.items()}
    if decoded:
        signals[Signal.TRACES]["root_spans"] = tally.root_spans
        signals[Signal.METRICS]["points"] = dict(tally.points)
        signals[Signal.PROFILES]["profiles"] = tally.profiles
    else:
        for counts in signals.values():
            counts["events"] = None
    return dict(signals)


def _totals(tally: Tally, *, decoded: bool) -> Json:
    counts = tally.signals.values()
    return {
        "requests": sum(each.requests for each in counts),
        "bytes": sum(each.bytes for each in counts),
        "events": sum(each.events for each in counts) if decoded else None,
    }


def _checks(intake: CheckingIntake) -> Json:
    checks, window = intake.checks, intake.window
    unpaired = window.counts.children_without_parent
    return {
        "invalid_trace_ids": checks.invalid_trace_ids,
        "invalid_span_ids": checks.invalid_span_ids,
        "invalid_parent_ids": checks.invalid_parent_ids,
        "repeated_span_ids": window.counts.repeated_span_ids,
        "ends_before_starts": checks.ends_before_starts,
        "unresolved_parents": intake.ledger.orphans() if intake.ledger else unpaired,
        "children_compared": window.counts.children_compared,
        "children_not_compared": unpaired,
        "children_outside_parents": window.counts.children_outside_parents,
        "window_spans": window.generation_spans,
        "falling_sums": intake.books.lines.falling_sums,
        "moved_starts": intake.books.lines.moved_starts,
        "outside_time_window": intake.timing.outside.total() if intake.timing.window else None,
        **_profile_checks(checks.profiles),
        "references": {str(kind): _references(intake, kind) for kind in Reference},
    }


def _profile_checks(checks: ProfileChecks) -> Json:
    return {
        "invalid_profile_ids": checks.invalid_profile_ids,
        "repeated_profile_ids": checks.repeated_profile_ids,
        "malformed_samples": checks.malformed_samples,
        "missing_zero_values": checks.missing_zero_values,
        "broken_indices": checks.broken_indices,
    }


def _references(intake: CheckingIntake, kind: Reference) -> Json:
    unresolved = _beyond_template(intake, kind, intake.ledger) if intake.ledger else None
    return {
        "seen": intake.checks.references[kind],
        "invalid": intake.checks.invalid_references[kind],
        "unresolved": unresolved,
    }


def _beyond_template(intake: CheckingIntake, kind: Reference, ledger: Ledger) -> int:
    """Return how many references resolve to nothing although they do in the templates.

    The templates' own unresolved references are allowed once for every pass begun.
    """
    per_pass = ledger.template.events.get(_SIGNAL_OF[kind], 0)
    events = intake.tally.signals[_SIGNAL_OF[kind]].events
    passes = -(-events // per_pass) if per_pass else 0
    allowed = ledger.template.unresolved[kind] * passes
    return max(0, intake.checks.unresolved[kind] - allowed)


def _ledger(ledger: Ledger) -> Json:
    counts = ledger.counts
    ranges = [
        {"pass": each.pass_number, "first": each.first, "count": each.count}
        for each in ledger.lost_ranges()
    ]
    return {
        "run_seed": ledger.run_seed,
        "spans_per_pass": ledger.template.span_count,
        "passes_seen": ledger.passes_seen,
        "highest_counter": ledger.highest_counter,
        "unique": ledger.unique,
        "duplicated": counts.duplicated,
        "foreign": counts.foreign,
        "lost": ledger.lost,
        "trace_id_mismatches": counts.trace_id_mismatches,
        "parent_id_mismatches": counts.parent_id_mismatches,
        "lost_ranges": ranges,
        "examples": {
            "lost": _examples(ledger.lost_examples()),
            "duplicated": _examples(counts.duplicate_examples),
            "foreign": _examples(counts.foreign_examples),
        },
    }


def _delays(timing: Timing) -> Json:
    return {str(signal): asdict(delays.summary()) for signal, delays in timing.delays.items()}


def _examples(examples: list[SpanExample]) -> list[Json]:
    return [
        {"span_id": each.span_id, "pass": each.pass_number, "span_index": each.span_index}
        for each in examples
    ]


def _errors(tally: Tally) -> list[Json]:
    return [
        {
            "signal": str(signal),
            "code": "INVALID_ARGUMENT",
            "message": "not a request that protobuf can decode",
            "count": count,
        }
        for signal, count in tally.undecodable.items()
    ]
