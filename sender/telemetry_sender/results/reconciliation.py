"""Sent against received: a pure comparison of the two reports of one run."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal


class _Compared(BaseModel):
    """The part of a report that is compared; a report holds more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SenderRun(_Compared):
    """Which run it was."""

    seed: int


class SentSignal(_Compared):
    """Events of one signal, by the sender."""

    sent: NonNegativeInt
    acked: NonNegativeInt


class SenderReport(_Compared):
    """The report of a replay."""

    run: SenderRun
    signals: dict[Signal, SentSignal]


class ReceivedSignal(_Compared):
    """Events of one signal, by the receiver; None when it decoded nothing."""

    events: NonNegativeInt | None


class ReceivedReferences(_Compared):
    """References that name no span; `unresolved` is None without a ledger."""

    invalid: NonNegativeInt
    unresolved: NonNegativeInt | None


class ReceivedChecks(_Compared):
    """What the receiver found wrong: all zero in a good run."""

    invalid_trace_ids: NonNegativeInt
    invalid_span_ids: NonNegativeInt
    invalid_parent_ids: NonNegativeInt
    repeated_span_ids: NonNegativeInt
    ends_before_starts: NonNegativeInt
    unresolved_parents: NonNegativeInt
    children_outside_parents: NonNegativeInt
    invalid_profile_ids: NonNegativeInt
    repeated_profile_ids: NonNegativeInt
    malformed_samples: NonNegativeInt
    missing_zero_values: NonNegativeInt
    broken_indices: NonNegativeInt
    references: dict[str, ReceivedReferences] = Field(repr=False)


class ReceivedLedger(_Compared):
    """Spans by identity."""

    run_seed: int
    unique: NonNegativeInt
    duplicated: NonNegativeInt
    foreign: NonNegativeInt
    trace_id_mismatches: NonNegativeInt
    parent_id_mismatches: NonNegativeInt


class ReceiverReport(_Compared):
    """The report of a receiver."""

    signals: dict[Signal, ReceivedSignal]
    checks: ReceivedChecks | None
    ledger: ReceivedLedger | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One signal: events sent, accepted according to the sender, and received."""

    signal: Signal
    sent: int
    acked: int
    received: int

    @property
    def difference(self) -> int:
        """Received minus accepted."""
        return self.received - self.acked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found; `faults` holds every count that must be zero."""

    signals: list[Comparison]
    faults: dict[str, int]
    by_identity: bool
    """Whether lost, duplicated and foreign spans are known one by one."""

    @property
    def differences(self) -> list[str]:
        """What is wrong, one sentence each; empty in a good run."""
        uneven = [
            f"{each.signal}: {each.acked:,} acked, {each.received:,} received"
            for each in self.signals
            if each.difference
        ]
        nothing = [] if any(each.acked for each in self.signals) else ["no event was acked"]
        faults = [f"{name}: {count:,}" for name, count in self.faults.items() if count]
        return nothing + uneven + faults

    @property
    def ok(self) -> bool:
        """Whether everything accepted arrived, once, whole, and nothing else did."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """Return the verdict for programs."""
        return {
            "ok": self.ok,
            "by_identity": self.by_identity,
            "signals": {str(each.signal): _row(each) for each in self.signals},
            "faults": self.faults,
            "differences": self.differences,
        }


def reconcile_reports(sender: SenderReport, receiver: ReceiverReport) -> Verdict:
    """Compare the reports of one run.

    Raises UsageError when they cannot be compared: the receiver discarded, or booked another run.
    """
    if receiver.checks is None:
        problem = "received with --discard, so no event was counted"
        raise UsageError("the receiver's report", problem, "receive again without it")
    comparisons = [_compare(signal, sender, receiver) for signal in Signal]
    faults = _check_faults(receiver.checks)
    if receiver.ledger:
        faults = {**_ledger_faults(sender, receiver.ledger), **faults}
    shown = [each for each in comparisons if each.sent or each.received]
    return Verdict(shown, faults, receiver.ledger is not None)


def _compare(signal: Signal, sender: SenderReport, receiver: ReceiverReport) -> Comparison:
    sent = sender.signals.get(signal, SentSignal(sent=0, acked=0))
    received = receiver.signals.get(signal, ReceivedSignal(events=0))
    return Comparison(signal, sent.sent, sent.acked, received.events or 0)


def _ledger_faults(sender: SenderReport, ledger: ReceivedLedger) -> dict[str, int]:
    """Return the faults by identity.

    Lost is what was sent and never arrived, above the receiver's highest counter included; the
    receiver alone cannot know of those.
    """
    if ledger.run_seed != sender.run.seed:
        problem = f"booked run seed {ledger.run_seed}, but the sender used {sender.run.seed}"
        raise UsageError("the receiver's report", problem, "give the two reports of one run")
    sent = sender.signals[Signal.TRACES].sent if Signal.TRACES in sender.signals else 0
    return {
        "lost": max(0, sent - ledger.unique),
        "duplicated": ledger.duplicated,
        "foreign": ledger.foreign,
        "trace_id_mismatches": ledger.trace_id_mismatches,
        "parent_id_mismatches": ledger.parent_id_mismatches,
    }


def _check_faults(checks: ReceivedChecks) -> dict[str, int]:
    faults = checks.model_dump(exclude={"references"})
    for kind, references in checks.references.items():
        faults[f"invalid_{kind}"] = references.invalid
        faults[f"unresolved_{kind}"] = references.unresolved or 0
    return faults


def _row(comparison: Comparison) -> dict[str, int]:
    return {
        "sent": comparison.sent,
        "acked": comparison.acked,
        "received": comparison.received,
        "difference": comparison.difference,
    }
