"""One signal, sent against received: what is wrong, and what the sender's own report explains.

The sender knows what became of its requests, but not whether a request that failed arrived: the
answer may have been lost. So of what it sent,

- every event that it counts as acked must have arrived: what did not is lost;
- events that it counts as failed or rejected may have arrived or not;
- as many may have come again as were retried.

Events that arrived without what identifies them are taken for different ones.
"""

from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.results.compared_reports import ReceivedEvents, SentSignal


@dataclass(frozen=True, slots=True)
class Comparison:
    """Events of one signal: by the sender, by the receiver's count and, if known, by identity."""

    signal: Signal
    by_sender: SentSignal
    received: int
    identified: ReceivedEvents | None
    rejected_on_request: int = 0
    """By the receiver, as its partial successes."""

    @property
    def difference(self) -> int:
        """Received minus accepted."""
        return self.received - self.by_sender.acked

    @property
    def lost(self) -> int:
        """Events that were accepted and did not arrive."""
        return max(0, self._acked - self._different)

    @property
    def _acked(self) -> int:
        """Events accepted, without the samples of profiles that the receiver rejected.

        A partial success counts rejected profiles, and the sender takes each for a sample.
        """
        return self.by_sender.acked - self._samples_of_rejected

    @property
    def _samples_of_rejected(self) -> int:
        if self.signal is not Signal.PROFILES:
            return 0
        return max(0, self.rejected_on_request - self.by_sender.rejected)

    @property
    def duplicated(self) -> int:
        """Arrivals beyond the first of an event; without identity, what is too much anyway."""
        if self.identified:
            return self.identified.duplicated
        return max(0, self.received - self.by_sender.sent)

    @property
    def unacked(self) -> int:
        """Different events that arrived although the sender does not count them as acked."""
        return max(0, self._different - self._acked)

    @property
    def _different(self) -> int:
        """Different events of the run that arrived."""
        if self.identified:
            return self.identified.unique + self.identified.unsure
        return min(self.received, self.by_sender.sent)

    def faults(self) -> dict[str, int]:
        """Return what the sender's report does not explain; all zero in a good run."""
        by_sender = self.by_sender
        return {
            "lost": self.lost,
            "duplicated": max(0, self.duplicated - by_sender.retried),
            "foreign": self.identified.foreign if self.identified else 0,
            "unexpected": max(0, self.unacked - by_sender.failed - by_sender.rejected),
            "rejected_otherwise": self._rejected_otherwise,
        }

    @property
    def _rejected_otherwise(self) -> int:
        """How far the rejected events of the two reports differ, if the receiver rejected any."""
        if not self.rejected_on_request or self._samples_of_rejected:
            return 0
        difference = abs(self.by_sender.rejected - self.rejected_on_request)
        # An answer that rejects events may get lost, too.
        return max(0, difference - self.by_sender.failed - self.by_sender.retried)

    def explanations(self) -> list[str]:
        """Return in sentences what the sender's report explains."""
        by_sender, found = self.by_sender, []
        if again := min(self.duplicated, by_sender.retried):
            found.append(f"{again:,} arrived again, of {by_sender.retried:,} retried")
        refused = by_sender.failed + by_sender.rejected
        if arrived := min(self.unacked, refused):
            found.append(f"{arrived:,} arrived of {refused:,} failed or rejected")
        if missing := refused - arrived:
            found.append(f"{missing:,} of {refused:,} failed or rejected did not arrive")
        if samples := self._samples_of_rejected:
            found.append(f"{samples:,} acked are samples of profiles that the receiver rejected")
        if self.identified and (unsure := self.identified.unsure):
            found.append(f"{unsure:,} arrived that are only counted, not identified")
        return [f"{self.signal}: {each}" for each in found]
