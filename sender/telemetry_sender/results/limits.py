"""Who was the limit of a run: what was asked for, the sender, the network or the endpoint.

The evidence is a few sums over the whole run. A sender that is short of CPU answers itself late, so
its CPU is the stronger evidence. By Little's law the time that requests waited, over the duration,
is the mean number of requests in flight: where that is about one for each process or more,
something was always being waited for, and what is behind the connection is slow. How many could be
in flight does not matter for that: signals go in step and the passes of a metric block in order, so
that in a small set the other workers wait for the very same answers.
"""

from dataclasses import dataclass
from enum import StrEnum

from telemetry_sender.results.links import LinkUse
from telemetry_sender.results.result import RunResult

# A shorter run is mostly its own beginning and end, which says nothing about a rate.
TELLING_SECONDS = 1.0
_REACHED = 0.95
_BUSY_CORE = 0.9
_OTHERS = 0.05
_ALWAYS_WAITING = 0.7
_QUEUED = 0.5
_MANY_IN_FLIGHT = 0.7


class LimitKind(StrEnum):
    """What kept a run from sending more."""

    RATE = "rate"
    """The rate that was asked for."""
    SENDER_CPU = "sender_cpu"
    """The sender had no more CPU time."""
    ENDPOINT = "endpoint"
    """Requests waited for the endpoint's answers."""
    NETWORK = "network"
    """Requests waited for the connection to take their bytes."""
    WORKERS = "workers"
    """Workers waited neither for answers nor for CPU, but between attempts or for their turn."""
    UNKNOWN = "unknown"
    """The run was too short to tell."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a run's limit is read from."""

    duration_seconds: float
    sent_events: int
    intended_events: float | None
    """What the schedule asked for; None when the run was to send as fast as it can."""
    cpu_seconds: float
    """Of all processes of the sender."""
    queued_seconds: float
    """How long they waited for a core, all together."""
    cores: int
    """How many cores those processes can use: one each, and no more than the machine has."""
    waiting_seconds: float
    """Time that requests waited for answers, summed."""
    concurrency: int
    """The most requests in flight."""
    median_answer_ms: float | None
    link: LinkUse | None = None
    """What the kernel says of the connections, where it says anything."""
    is_local: bool = False
    """Whether all that was sent went into files."""

    @property
    def cpu_share(self) -> float:
        """How much of the cores was used, or waited for because others used them: 1 is all."""
        available = self.cores * self.duration_seconds
        wanted = self.cpu_seconds + self.queued_seconds
        return wanted / available if available > 0 else 0.0

    @property
    def requests_in_flight(self) -> float:
        """The mean number of requests that waited for their answers."""
        return self.waiting_seconds / self.duration_seconds if self.duration_seconds > 0 else 0.0

    @property
    def rate_share(self) -> float | None:
        """How much of what was intended was sent; None without an intention."""
        return self.sent_events / self.intended_events if self.intended_events else None


@dataclass(frozen=True, slots=True)
class Limit:
    """What limited a run, and that in words."""

    kind: LimitKind
    sentence: str
    """For people: the limit, what shows it, and what can be done about it."""


def run_limit(result: RunResult) -> Limit:
    """Name the limit of an ended run."""
    totals = result.stats.totals()
    service, _ = result.stats.latency()
    return limit_of(
        Evidence(
            duration_seconds=result.duration_seconds,
            sent_events=totals.sent,
            intended_events=result.intended_events,
            cpu_seconds=result.usage.cpu_seconds,
            queued_seconds=result.usage.queued_seconds,
            cores=result.cores,
            waiting_seconds=totals.waiting_seconds,
            concurrency=result.config.sending.concurrency,
            median_answer_ms=service.p50,
            link=result.link,
            is_local=result.config.is_local,
        )
    )


def limit_of(evidence: Evidence) -> Limit:
    """Name the limit that the evidence points to."""
    kind = _kind(evidence)
    return Limit(kind, _SENTENCES[kind](evidence))


def _kind(evidence: Evidence) -> LimitKind:
    if evidence.duration_seconds < TELLING_SECONDS:
        return LimitKind.UNKNOWN
    if (evidence.rate_share or 0.0) >= _REACHED:
        return LimitKind.RATE
    if evidence.cpu_share > _BUSY_CORE:
        return LimitKind.SENDER_CPU
    if evidence.requests_in_flight < _ALWAYS_WAITING * evidence.cores:
        return LimitKind.WORKERS
    link = evidence.link
    queued = link is not None and link.network_share > _QUEUED
    return LimitKind.NETWORK if queued else LimitKind.ENDPOINT


def _rate(evidence: Evidence) -> str:
    return (
        f"the rate that was asked for ({evidence.rate_share or 0:.0%} of it was sent): "
        "ask for more to find another limit"
    )


def _sender_cpu(evidence: Evidence) -> str:
    seconds = evidence.duration_seconds
    used = f"{evidence.cpu_seconds / seconds:.0%} of a core"
    queued = evidence.queued_seconds / seconds
    if queued > _OTHERS:
        used += f", and it waited {queued:.0%} of the time for one that others used"
    return (
        f"this sender's CPU ({used}): larger batches cost less, or raise sending.processes "
        "or start more senders"
    )


def _endpoint(evidence: Evidence) -> str:
    if evidence.is_local:
        return "the disk: compress what is written, or write to a faster one"
    many = evidence.requests_in_flight > _MANY_IN_FLIGHT * evidence.concurrency
    advice = "raise sending.concurrency" if many else "lower sending.batch_size for more of them"
    return f"the endpoint ({_answers(evidence)}): {advice}, or look for what slows it down"


def _network(evidence: Evidence) -> str:
    return (
        f"the network ({_answers(evidence)}, and their bytes queued to get onto the wire): "
        "compress, or test over a faster link"
    )


def _answers(evidence: Evidence) -> str:
    median = evidence.median_answer_ms
    answers = "no answers" if median is None else f"median answer {median:,.1f} ms"
    in_flight = evidence.requests_in_flight
    return f"{answers}, {in_flight:,.1f} of {evidence.concurrency} requests in flight"


def _workers(evidence: Evidence) -> str:
    if evidence.is_local:
        return (
            "the sender's own order: neither cores nor disk were busy all the time, so some "
            "signal or process had more to write than the others"
        )
    return (
        f"the sender's own order ({_answers(evidence)}): workers waited between attempts or for "
        "their turn, and neither for answers nor for CPU"
    )


def _unknown(evidence: Evidence) -> str:
    return f"not told: a run of {evidence.duration_seconds:.1f} s is too short"


_SENTENCES = {
    LimitKind.RATE: _rate,
    LimitKind.SENDER_CPU: _sender_cpu,
    LimitKind.ENDPOINT: _endpoint,
    LimitKind.NETWORK: _network,
    LimitKind.WORKERS: _workers,
    LimitKind.UNKNOWN: _unknown,
}
