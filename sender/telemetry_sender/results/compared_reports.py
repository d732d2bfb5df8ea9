"""The parts of the sender's and the receiver's reports that `reconcile` compares."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeInt

from telemetry_common.signals import Signal


class _Compared(BaseModel):
    """The part of a report that is compared; a report holds more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class SenderRun(_Compared):
    """Which run it was."""

    seed: int


class SentSignal(_Compared):
    """Events of one signal, by the sender."""

    sent: NonNegativeInt = 0
    acked: NonNegativeInt = 0
    rejected: NonNegativeInt = 0
    failed: NonNegativeInt = 0
    retried: NonNegativeInt = 0
    dropped: NonNegativeInt = 0

    def __add__(self, other: "SentSignal") -> "SentSignal":
        return SentSignal(
            **{name: getattr(self, name) + getattr(other, name) for name in type(self).model_fields}
        )


class SenderReport(_Compared):
    """The report of a replay, or of several that were merged."""

    run: SenderRun
    signals: dict[Signal, SentSignal]


class ReceivedSignal(_Compared):
    """Events of one signal, by the receiver; None when it decoded nothing."""

    events: NonNegativeInt | None


class ReceivedReferences(_Compared):
    """References that name no span; `unresolved` is None without a ledger."""

    invalid: NonNegativeInt
    unresolved: NonNegativeInt | None


# What was not asked for was not found, either.
_Asked = Annotated[NonNegativeInt, BeforeValidator(lambda count: count or 0)]


class ReceivedChecks(_Compared):
    """What the receiver found wrong: all zero in a good run."""

    invalid_trace_ids: NonNegativeInt
    invalid_span_ids: NonNegativeInt
    invalid_parent_ids: NonNegativeInt
    ends_before_starts: NonNegativeInt
    unresolved_parents: NonNegativeInt
    children_outside_parents: NonNegativeInt
    falling_sums: NonNegativeInt
    moved_starts: NonNegativeInt
    outside_time_window: _Asked
    invalid_profile_ids: NonNegativeInt
    malformed_samples: NonNegativeInt
    missing_zero_values: NonNegativeInt
    broken_indices: NonNegativeInt
    repeated_span_ids: NonNegativeInt
    repeated_profile_ids: NonNegativeInt
    references: dict[str, ReceivedReferences] = Field(repr=False)


class ReceivedEvents(_Compared):
    """Events of one signal by identity; without templates nothing is foreign."""

    unique: NonNegativeInt
    duplicated: NonNegativeInt
    foreign: NonNegativeInt
    unidentified: NonNegativeInt = 0
    undecided: NonNegativeInt = 0
    untracked: NonNegativeInt = 0

    @property
    def unsure(self) -> int:
        """Events of which it is not known whether they came before."""
        return self.unidentified + self.undecided + self.untracked


class ReceivedLedger(ReceivedEvents):
    """Spans by identity."""

    run_seed: int
    trace_id_mismatches: NonNegativeInt
    parent_id_mismatches: NonNegativeInt


class ReceivedIdentity(_Compared):
    """What else was identified."""

    metrics: ReceivedEvents | None
    logs: ReceivedEvents | None
    profiles: ReceivedEvents | None


class ReceivedFaults(_Compared):
    """What the receiver did wrong on request; requests by fault, events by signal."""

    requests: dict[str, NonNegativeInt]
    rejected_events: dict[Signal, NonNegativeInt]


class ReceiverReport(_Compared):
    """The report of a receiver."""

    signals: dict[Signal, ReceivedSignal]
    checks: ReceivedChecks | None
    ledger: ReceivedLedger | None
    identity: ReceivedIdentity | None
    faults: ReceivedFaults

    def identified(self, signal: Signal) -> ReceivedEvents | None:
        """Return what is known of the events of a signal one by one."""
        if self.ledger is None:
            return None
        if signal is Signal.TRACES:
            return self.ledger
        found: ReceivedEvents | None = getattr(self.identity, signal)
        return found
