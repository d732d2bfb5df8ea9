"""Sent against received: a pure comparison of the reports of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_sender.results.compared_reports import (
    ReceivedChecks,
    ReceivedSignal,
    ReceiverReport,
    SenderReport,
    SentSignal,
)
from telemetry_sender.results.comparison import Comparison

_SENTENCES = {
    "lost": "acked, but not received",
    "duplicated": "received again, though not retried as often",
    "foreign": "received, but not of this run",
    "unexpected": "received, but neither acked nor failed",
    "rejected_otherwise": "rejected by one report and not by the other",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found; `checks` holds every other count that must be zero."""

    signals: list[Comparison]
    checks: dict[str, int]
    by_identity: bool
    """Whether lost, duplicated and foreign events are known one by one."""
    orphans: int = 0
    """Children whose parents the sender itself did not deliver."""

    @property
    def differences(self) -> list[str]:
        """What is wrong, one sentence each; empty in a good run."""
        acked = any(each.by_sender.acked for each in self.signals)
        nothing = [] if acked else ["no event was acked"]
        signals = [
            f"{each.signal}: {count:,} {_SENTENCES[name]}"
            for each in self.signals
            for name, count in each.faults().items()
            if count
        ]
        return (
            nothing
            + signals
            + [f"{name}: {count:,}" for name, count in self.checks.items() if count]
        )

    @property
    def explained(self) -> list[str]:
        """What differs and is no fault, because the sender's report says why; sentences."""
        sentences = [sentence for each in self.signals for sentence in each.explanations()]
        if self.orphans:
            sentences.append(
                f"traces: {self.orphans:,} without their parents, which did not arrive"
            )
        return sentences

    @property
    def faults(self) -> dict[str, int]:
        """The faults of all signals together, and the checks."""
        summed = dict.fromkeys(_SENTENCES, 0)
        for each in self.signals:
            for name, count in each.faults().items():
                summed[name] += count
        return {**summed, **self.checks}

    @property
    def ok(self) -> bool:
        """Whether everything accepted arrived, once, whole, and nothing unexplained did."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """Return the verdict for programs."""
        return {
            "ok": self.ok,
            "by_identity": self.by_identity,
            "signals": {str(each.signal): _row(each) for each in self.signals},
            "faults": self.faults,
            "differences": self.differences,
            "explained": self.explained,
        }


def reconcile_reports(senders: Sequence[SenderReport], receiver: ReceiverReport) -> Verdict:
    """Compare the reports of one run, which may have had several senders.

    Raises UsageError when they cannot be compared: the receiver discarded, or booked another run.
    """
    if receiver.checks is None:
        problem = "received with --discard, so no event was counted"
        raise UsageError("the receiver's report", problem, "receive again without it")
    _check_seeds(senders, receiver)
    comparisons = {signal: _compare(signal, senders, receiver) for signal in Signal}
    checks = _check_faults(receiver.checks)
    checks.update(_ledger_faults(receiver))
    orphans = _excuse(checks, comparisons)
    shown = [each for each in comparisons.values() if each.by_sender.sent or each.received]
    return Verdict(shown, checks, receiver.ledger is not None, orphans)


def _ledger_faults(receiver: ReceiverReport) -> dict[str, int]:
    if receiver.ledger is None:
        return {}
    return {
        "trace_id_mismatches": receiver.ledger.trace_id_mismatches,
        "parent_id_mismatches": receiver.ledger.parent_id_mismatches,
        # The ledgers know repeats one by one, as duplicates.
        "repeated_span_ids": 0,
        "repeated_profile_ids": 0,
    }


def _excuse(checks: dict[str, int], comparisons: Mapping[Signal, Comparison]) -> int:
    """Take out of `checks` what retries and failures explain; return how many orphans those are."""
    traces = comparisons[Signal.TRACES].by_sender
    profiles = comparisons[Signal.PROFILES].by_sender
    checks["repeated_span_ids"] = max(0, checks["repeated_span_ids"] - traces.retried)
    checks["repeated_profile_ids"] = max(0, checks["repeated_profile_ids"] - profiles.retried)
    if not traces.sent:
        # A run without traces has nothing that its references could name.
        checks.update({name: 0 for name in checks if name.startswith("unresolved_")})
    if not traces.failed + traces.rejected + traces.dropped:
        return 0
    orphans, checks["unresolved_parents"] = checks["unresolved_parents"], 0
    return orphans


def _check_seeds(senders: Sequence[SenderReport], receiver: ReceiverReport) -> None:
    seeds = sorted({each.run.seed for each in senders})
    if len(seeds) > 1:
        problem = f"run seeds {' and '.join(map(str, seeds))} are not of one run"
        raise UsageError("the senders' reports", problem, "give the reports of one run")
    if receiver.ledger and receiver.ledger.run_seed != seeds[0]:
        booked = receiver.ledger.run_seed
        problem = f"booked run seed {booked}, but the sender used {seeds[0]}"
        raise UsageError("the receiver's report", problem, "give the reports of one run")


def _compare(
    signal: Signal, senders: Sequence[SenderReport], receiver: ReceiverReport
) -> Comparison:
    nothing = SentSignal()
    return Comparison(
        signal=signal,
        by_sender=sum((each.signals.get(signal, nothing) for each in senders), nothing),
        received=receiver.signals.get(signal, ReceivedSignal(events=0)).events or 0,
        identified=receiver.identified(signal),
        rejected_on_request=receiver.faults.rejected_events.get(signal, 0),
    )


def _check_faults(checks: ReceivedChecks) -> dict[str, int]:
    faults = checks.model_dump(exclude={"references"})
    for kind, references in checks.references.items():
        faults[f"invalid_{kind}"] = references.invalid
        faults[f"unresolved_{kind}"] = references.unresolved or 0
    return faults


def _row(comparison: Comparison) -> dict[str, int]:
    return {
        **comparison.by_sender.model_dump(),
        "received": comparison.received,
        "difference": comparison.difference,
        **comparison.faults(),
    }
