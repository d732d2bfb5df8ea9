"""What happened to the events of one signal, as numbers that add up over signals and processes."""

from dataclasses import astuple, dataclass


@dataclass(slots=True)
class SignalCounters:
    """What happened to the events of one signal, and the requests and bytes that it took."""

    scheduled: int = 0
    """Events taken for sending."""
    sent: int = 0
    """Events handed to the sink, first attempts only."""
    acked: int = 0
    """Events that the receiver accepted."""
    rejected: int = 0
    """Events that the receiver refused by partial success."""
    failed: int = 0
    """Events of requests that failed for good."""
    retried: int = 0
    """Events of further attempts, and of the halves of requests that were too large."""
    dropped: int = 0
    """Events scheduled and never sent: the run ended first, or too many late ones waited."""
    requests: int = 0
    """Requests handed to the sink, further attempts included."""
    bytes: int = 0
    """Payload bytes of those requests, before compression and framing."""
    wire_bytes: int = 0
    """Bytes of the bodies of answered requests as they were sent, after compression."""
    waiting_seconds: float = 0.0
    """Time that answered requests waited for their answers, summed over all of them."""

    splits: int = 0
    """Requests that were too large for the receiver and went on as two."""
    refused_retries: int = 0
    """Requests that failed without a further attempt because the retry budget was spent."""
    deferred: int = 0
    """Events held back to be sent later than the rest of their trace."""
    deferred_dropped: int = 0
    """Those of them that were never sent; `dropped` counts them too."""

    @property
    def in_flight(self) -> int:
        """Events without an outcome yet; zero once a run has ended."""
        return self.scheduled - self.acked - self.rejected - self.failed - self.dropped

    def __add__(self, other: "SignalCounters") -> "SignalCounters":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return SignalCounters(*(mine + theirs for mine, theirs in pairs))
