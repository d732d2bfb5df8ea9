"""What the numbers of a run suggest: which side was slow, and what to try about its errors."""

from collections.abc import Iterator

from telemetry_common.units import format_size
from telemetry_sender.results.failures import FailureRow
from telemetry_sender.results.limits import LimitKind, run_limit
from telemetry_sender.results.result import RunResult

# What a limit that the run did not choose is worth telling of.
_FOUND = {LimitKind.SENDER_CPU, LimitKind.ENDPOINT, LimitKind.NETWORK, LimitKind.WORKERS}
_MUCH_OF_MEMORY = 0.8
_MUCH_LATER = 5
_LATE_MS = 100.0

_ADVICE = {
    "CANCELLED": "requests were cut off, at the end of the run or by the receiver; raise "
    "sending.grace_period, or look into the receiver's log",
    "DEADLINE_EXCEEDED": "the receiver took longer than otlp.timeout; raise it or send less",
    "PERMISSION_DENIED": "the receiver knows the credentials in otlp.headers and refuses them",
    "RESOURCE_EXHAUSTED": "over the receiver's quota or message limit; lower the rate or "
    "otlp.max_message_size",
    "UNAUTHENTICATED": "the receiver wants credentials; check otlp.headers",
    "UNAVAILABLE": "nothing answered; check otlp.endpoint, and otlp.insecure against its TLS",
    "UNIMPLEMENTED": "the endpoint does not take this signal over OTLP/gRPC; check its port, "
    "and for profiles, which few receivers take, whether it supports them",
    "HTTP 401": "the receiver wants credentials; check otlp.headers",
    "HTTP 403": "the receiver knows the credentials in otlp.headers and refuses them",
    "HTTP 404": "nothing takes this signal at its URL; check the path of the endpoint (that of a "
    "single signal is used as it is), and whether the receiver supports profiles",
    "HTTP 405": "the endpoint is not that of an OTLP receiver; check its port and path",
    "HTTP 413": "over the receiver's limit for a request; lower otlp.max_message_size",
    "HTTP 415": "the receiver does not take this otlp.protocol or otlp.compression over HTTP",
    "HTTP 429": "over the receiver's quota; lower the rate",
    "HTTP 503": "the receiver is overloaded or not ready; lower the rate, or look into its log",
    "INTERNAL": "the receiver failed, or what answers is no OTLP receiver of this otlp.protocol",
}


def hints(result: RunResult) -> list[str]:
    """Return advice in plain sentences, the most important first; none for a run without faults."""
    rows = result.stats.failures()
    return [
        *_shortfall(result),
        *_lateness(result),
        *_memory(result),
        *_requests(result),
        *_advice(rows),
    ]


def _shortfall(result: RunResult) -> Iterator[str]:
    """Say why the intended rate was missed.

    What was sent in time and then failed is no shortfall: its code comes with advice of its own.
    """
    intended, limit = result.intended_events, run_limit(result)
    if not intended or limit.kind not in _FOUND:
        return
    share = result.stats.totals().sent / intended
    yield f"reached {share:.0%} of the intended rate; the likely limit is {limit.sentence}"


def _lateness(result: RunResult) -> Iterator[str]:
    """Tell of requests that went out long after they were due, though the rate was held.

    For files that means nothing: the events say themselves when they happened.
    """
    if result.config.is_local or run_limit(result).kind is not LimitKind.RATE:
        return
    service, response = (view.p99 or 0.0 for view in result.stats.latency())
    if response > _MUCH_LATER * service and response > service + _LATE_MS:
        yield (
            f"requests went out late: response p99 {response:,.0f} ms, service p99 "
            f"{service:,.0f} ms; the endpoint stalls at times, or sending.concurrency is low for "
            "this rate"
        )


def _memory(result: RunResult) -> Iterator[str]:
    """Point out that mapped templates do not fit: every pass then reads them from disk again."""
    memory = result.memory_bytes
    # Processes share the mapped templates, so their sum may be more than there is.
    held = result.usage.max_rss_bytes / result.processes
    if memory and held > _MUCH_OF_MEMORY * memory:
        used = f"{format_size(held)} of {format_size(memory)}"
        yield (
            f"memory: the sender held {used}; use a smaller set or fewer processes, or lower "
            "sending.batch_size and sending.concurrency"
        )


def _requests(result: RunResult) -> Iterator[str]:
    """Tell of bounds that requests ran into, and how to move them."""
    totals = result.stats.totals()
    if totals.refused_retries:
        yield (
            f"the retry budget was spent: {totals.refused_retries:,} requests failed without a "
            "further attempt; the endpoint fails too often, or raise sending.retry.budget"
        )
    if totals.splits:
        yield (
            f"{totals.splits:,} requests were too large for the receiver and were sent in parts; "
            "lower otlp.max_message_size to its limit, or sending.batch_size"
        )
    if totals.deferred_dropped:
        yield (
            f"{totals.deferred_dropped:,} late spans were never sent; raise "
            "sending.deferred.max_pending, or drain_timeout there for those of the end"
        )


def _advice(rows: list[FailureRow]) -> Iterator[str]:
    for code in dict.fromkeys(row.code for row in rows):
        if code in _ADVICE:
            yield f"{code}: {_ADVICE[code]}"
