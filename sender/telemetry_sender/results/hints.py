"""What the numbers of a run suggest: which side was slow, and what to try about its errors."""

from collections.abc import Iterator

from telemetry_sender.results.failures import FailureRow
from telemetry_sender.results.result import RunResult

_ENOUGH = 0.95
_BUSY_CORE = 0.9
# A shorter run is mostly its own beginning and end, which says nothing about a rate.
_TELLING_SECONDS = 1.0

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
}


def hints(result: RunResult) -> list[str]:
    """Return advice in plain sentences, the most important first; none for a run without faults."""
    rows = result.stats.failures()
    return [*_shortfall(result), *_advice(rows)]


def _shortfall(result: RunResult) -> Iterator[str]:
    """Say why the intended rate was missed.

    What was sent in time and then failed is no shortfall: its code comes with advice of its own. A
    sender short of CPU answers late itself, so a busy core is the stronger evidence.
    """
    intended = result.config.sending.rate_limit.intended
    if intended is None or result.duration_seconds < _TELLING_SECONDS:
        return
    achieved = result.stats.totals().sent / result.duration_seconds
    if achieved >= _ENOUGH * intended:
        return
    busy = result.cpu_utilization > _BUSY_CORE
    limit = _sender_limit(result) if busy else _endpoint_limit(result)
    yield f"reached {achieved / intended:.0%} of the intended rate; the likely limit is {limit}"


def _sender_limit(result: RunResult) -> str:
    used = f"this sender's CPU ({result.cpu_utilization:.0%} of a core)"
    return f"{used}: larger batches cost less, or start more senders"


def _endpoint_limit(result: RunResult) -> str:
    service, _ = result.stats.latency()
    answers = f"median answer {service.p50:,.1f} ms" if service.p50 else "no answers"
    in_flight = f"{result.config.sending.concurrency} requests in flight"
    advice = "raise sending.concurrency or sending.batch_size, or look for what slows it down"
    return f"the endpoint ({answers}, {in_flight}): {advice}"


def _advice(rows: list[FailureRow]) -> Iterator[str]:
    for code in dict.fromkeys(row.code for row in rows):
        if code in _ADVICE:
            yield f"{code}: {_ADVICE[code]}"
