"""What a failed call over gRPC means.

Which failures may be retried is what the OTLP specification says
(https://opentelemetry.io/docs/specs/otlp/#failures).
"""

import re
from typing import cast

import grpc
import grpc.aio

from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.error_status import retry_delay

_RETRYABLE = {
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DATA_LOSS,
}

_MAYBE_SIZE = {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.OUT_OF_RANGE}
# As grpc core ("Received message larger than max (5 vs. 4)"), grpc-go, which the Collector uses
# ("grpc: received message after decompression larger than max 4"), tonic ("decoded message length
# too large: found 5 bytes"), grpc-java ("gRPC message exceeds maximum size 4") and .NET ("Received
# message exceeds the maximum configured message size") put it.
_TOO_LARGE = re.compile(
    r"message (after decompression )?larger than max"
    r"|message length too large"
    r"|message exceeds (the )?maximum",
    re.IGNORECASE,
)


def failed(error: grpc.aio.AioRpcError) -> Delivery:
    """Return what became of a request whose call ended with an error."""
    code, message = error.code(), error.details() or ""
    delay = _named_delay(error)
    exhausted = code is grpc.StatusCode.RESOURCE_EXHAUSTED and delay is not None
    too_large = code in _MAYBE_SIZE and _TOO_LARGE.search(message) is not None
    return Delivery(
        code.name,
        message=message,
        retryable=(code in _RETRYABLE or exhausted) and not too_large,
        retry_after_seconds=delay,
        too_large=too_large,
    )


def _named_delay(error: grpc.aio.AioRpcError) -> float | None:
    """Return the delay that the receiver asks for, in seconds."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return retry_delay(cast("bytes", value))
    return None
