"""What an answer over HTTP means.

Which codes may be retried is what the OTLP specification says
(https://opentelemetry.io/docs/specs/otlp/#failures-1).
"""

from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.sinks import error_status, partial_success
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.retry_after import parse_retry_after

_RETRYABLE = {429, 502, 503, 504}
_CONTENT_TOO_LARGE = 413
# The Collector reads a body over its limit to the end, and then calls it a bad request.
_COLLECTORS_TOO_LARGE = "request body too large"

_PROTOBUF = "application/x-protobuf"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back."""

    status: int
    reason: str
    content_type: str
    """Without its parameters; empty when the answer had none."""
    body: bytes
    retry_after: str | None = None
    """The Retry-After header."""


def answered(signal: Signal, answer: HttpAnswer, now: float) -> Delivery:
    """Return what became of a request of `signal`; `now` is Unix time in seconds."""
    if 200 <= answer.status < 300:
        return _accepted(signal, answer)
    message = _message(answer)
    retryable = answer.status in _RETRYABLE
    wait = answer.retry_after if retryable else None
    return Delivery(
        f"HTTP {answer.status}",
        message=message,
        retryable=retryable,
        retry_after_seconds=None if wait is None else parse_retry_after(wait, now),
        too_large=answer.status == _CONTENT_TOO_LARGE or _COLLECTORS_TOO_LARGE in message,
    )


def _accepted(signal: Signal, answer: HttpAnswer) -> Delivery:
    """Read a success by its own type: a receiver that answers otherwise has still taken it."""
    if answer.content_type == _PROTOBUF:
        return partial_success.read_protobuf(signal, answer.body)
    if answer.content_type == _JSON:
        return partial_success.read_json(signal, answer.body)
    return Delivery()


def _message(answer: HttpAnswer) -> str:
    message = ""
    if answer.content_type == _PROTOBUF:
        message = error_status.message_of_protobuf(answer.body)
    elif answer.content_type == _JSON:
        message = error_status.message_of_json(answer.body)
    elif answer.content_type == "text/plain":
        message = answer.body.decode(errors="replace").strip()
    return message or answer.reason
