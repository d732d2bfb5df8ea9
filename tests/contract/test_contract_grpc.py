"""What is gRPC's own in its sink: status codes, error details, channels and message limits."""

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from otlp_peer import retry_info
from otlp_server import Answer, Context, OtlpServer, serving
from sinks_at import sink_at
from telemetry_common.errors import ConfigError
from telemetry_common.planning.wire import encode_varint
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery

Code = grpc.StatusCode
RETRYABLE = [
    Code.CANCELLED,
    Code.DEADLINE_EXCEEDED,
    Code.ABORTED,
    Code.OUT_OF_RANGE,
    Code.UNAVAILABLE,
    Code.DATA_LOSS,
]
PERMANENT = [code for code in Code if code not in (*RETRYABLE, Code.OK, Code.RESOURCE_EXHAUSTED)]


@pytest.fixture
async def server() -> AsyncIterator[OtlpServer]:
    """Yield a plaintext server."""
    async with serving() as running:
        yield running


@pytest.fixture
async def sink(server: OtlpServer) -> AsyncIterator[Sink]:
    """Yield an open sink that sends to the server."""
    made = sink_at("otlp", f"http://{server.address}")
    await made.open()
    yield made
    await made.close()


def aborting(
    code: grpc.StatusCode, message: str = "", trailers: tuple[tuple[str, Any], ...] = ()
) -> Answer:
    async def answer(_: Signal, context: Context) -> Message | None:
        return await context.abort(code, message, trailing_metadata=trailers)

    return answer


async def test_the_sink_sets_no_limit_of_its_own(sink: Sink) -> None:
    """A payload of the receiver's limit arrives; one byte more is for the receiver to refuse."""
    limit = 4 << 20
    payload = b"\xaa\x06" + encode_varint(limit - 6) + bytes(limit - 6)
    assert len(payload) == limit
    assert (await sink.write(Signal.TRACES, payload)).ok
    refused = await sink.write(Signal.TRACES, payload + b"\xa8\x06\x01")
    assert (refused.code, refused.retryable) == ("RESOURCE_EXHAUSTED", False)
    assert refused.too_large


def test_a_header_whose_variable_is_not_set_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ConfigError, match="STAMPEDE_TEST_KEY is not set"):
        sink_at("otlp", headers={"x-api-key": "${STAMPEDE_TEST_KEY}"})


async def test_each_signal_has_a_connection_of_its_own(sink: Sink, server: OtlpServer) -> None:
    """So that a large trace request does not hold up the others."""
    for signal in [*Signal] * 2:
        await sink.write(signal, b"")
    peers = {call.signal: call.peer for call in server.calls}
    assert len(set(peers.values())) == len(Signal)
    assert all(call.peer == peers[call.signal] for call in server.calls)


@pytest.mark.parametrize("code", RETRYABLE, ids=[code.name for code in RETRYABLE])
async def test_codes_that_the_specification_lets_one_retry(
    sink: Sink, server: OtlpServer, code: grpc.StatusCode
) -> None:
    server.answer = aborting(code, "come back")
    assert await sink.write(Signal.LOGS, b"") == Delivery(
        code.name, message="come back", retryable=True
    )


@pytest.mark.parametrize("code", PERMANENT, ids=[code.name for code in PERMANENT])
async def test_all_other_codes_are_permanent(
    sink: Sink, server: OtlpServer, code: grpc.StatusCode
) -> None:
    """INVALID_ARGUMENT, UNAUTHENTICATED, INTERNAL and the like, even with a delay."""
    server.answer = aborting(code, "no", retry_info(1))
    delivery = await sink.write(Signal.LOGS, b"")
    assert (delivery.code, delivery.message, delivery.retryable) == (code.name, "no", False)


@pytest.mark.parametrize("seconds", [0.0, 0.25, 90.0])
async def test_retry_info_makes_exhausted_resources_retryable_and_names_the_delay(
    sink: Sink, server: OtlpServer, seconds: float
) -> None:
    server.answer = aborting(Code.RESOURCE_EXHAUSTED, "slow down", retry_info(seconds))
    delivery = await sink.write(Signal.LOGS, b"")
    assert (delivery.retryable, delivery.retry_after_seconds) == (True, seconds)


async def test_exhausted_resources_without_retry_info_are_permanent(
    sink: Sink, server: OtlpServer
) -> None:
    server.answer = aborting(Code.RESOURCE_EXHAUSTED, "too large")
    delivery = await sink.write(Signal.LOGS, b"")
    assert (delivery.retryable, delivery.retry_after_seconds) == (False, None)


async def test_unavailable_with_retry_info_names_the_delay(sink: Sink, server: OtlpServer) -> None:
    server.answer = aborting(Code.UNAVAILABLE, "busy", retry_info(2.5))
    delivery = await sink.write(Signal.LOGS, b"")
    assert (delivery.retryable, delivery.retry_after_seconds) == (True, 2.5)


TRAILERS = {
    "not a status": b"\xff\xff\xff",
    "a status without details": Status(code=8).SerializeToString(),
    "a detail that is broken": Status(
        details=[AnyMessage(type_url="type.googleapis.com/google.rpc.RetryInfo", value=b"\xff")]
    ).SerializeToString(),
    "a delay out of range": Status(
        details=[
            AnyMessage(
                type_url="type.googleapis.com/google.rpc.RetryInfo",
                value=RetryInfo(retry_delay=Duration(seconds=1 << 62)).SerializeToString(),
            )
        ]
    ).SerializeToString(),
}


@pytest.mark.parametrize("trailer", TRAILERS.values(), ids=list(TRAILERS))
async def test_error_details_that_cannot_be_read_are_no_delay(
    sink: Sink, server: OtlpServer, trailer: bytes
) -> None:
    """Trouble of the destination is a delivery, whatever a proxy puts into its trailers."""
    server.answer = aborting(Code.UNAVAILABLE, "busy", (("grpc-status-details-bin", trailer),))
    delivery = await sink.write(Signal.LOGS, b"")
    assert delivery == Delivery("UNAVAILABLE", message="busy", retryable=True)


WORDINGS = {
    "grpc core": (Code.RESOURCE_EXHAUSTED, "SERVER: Received message larger than max (5 vs. 4)"),
    "grpc-go": (Code.RESOURCE_EXHAUSTED, "grpc: received message larger than max (5 vs. 4)"),
    "grpc-go, compressed": (
        Code.RESOURCE_EXHAUSTED, "grpc: received message after decompression larger than max 4"
    ),
    "grpc-java": (Code.RESOURCE_EXHAUSTED, "gRPC message exceeds maximum size 4: 5"),
    "tonic": (
        Code.OUT_OF_RANGE,
        "Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "message"), WORDINGS.values(), ids=list(WORDINGS))
async def test_a_message_over_the_limit_is_known_by_the_words_of_each_server(
    sink: Sink, server: OtlpServer, code: grpc.StatusCode, message: str
) -> None:
    """Sending the same again would be in vain, even where the code allows it."""
    server.answer = aborting(code, message)
    assert await sink.write(Signal.LOGS, b"") == Delivery(
        code.name, message=message, too_large=True
    )


async def test_requests_of_a_signal_take_its_connections_in_turn(server: OtlpServer) -> None:
    sink = sink_at("otlp", f"http://{server.address}", connections=3)
    await sink.open()
    for _ in range(6):
        await sink.write(Signal.TRACES, b"")
    await sink.close()
    peers = [call.peer for call in server.calls]
    assert len(set(peers)) == 3
    assert peers[:3] == peers[3:]
