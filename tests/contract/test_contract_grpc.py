"""The gRPC sink against a real server: bytes, metadata, and every outcome of the OTLP protocol."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from core_support import encoded_sample
from integration.processes import free_port
from otlp_server import REQUESTS, RESPONSES, Answer, Context, OtlpServer, serving
from sinks_at import sink_at
from telemetry_common.errors import ConfigError, RunError
from telemetry_common.planning.wire import encode_varint
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery

every_signal = pytest.mark.parametrize("signal", list(Signal))
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


def retry_info(seconds: float) -> tuple[tuple[str, bytes], ...]:
    """Return the trailers that say when to come back."""
    delay = Duration()
    delay.FromMilliseconds(round(1000 * seconds))
    detail = AnyMessage()
    detail.Pack(RetryInfo(retry_delay=delay))
    return (("grpc-status-details-bin", Status(details=[detail]).SerializeToString()),)


@every_signal
async def test_payload_bytes_arrive_unchanged(
    sink: Sink, server: OtlpServer, signal: Signal
) -> None:
    """Unusual encodings too: nothing decodes them on the way."""
    payloads = [encoded_sample(Random(number), signal) for number in range(20)]
    for payload in payloads:
        assert (await sink.write(signal, payload)).ok
    assert server.payloads == payloads
    assert {call.signal for call in server.calls} == {signal}
    assert [call.request for call in server.calls] == [
        REQUESTS[signal].FromString(payload) for payload in payloads
    ]


async def test_the_sink_sets_no_limit_of_its_own(sink: Sink) -> None:
    """A payload of the receiver's limit arrives; one byte more is for the receiver to refuse."""
    limit = 4 << 20
    payload = b"\xaa\x06" + encode_varint(limit - 6) + bytes(limit - 6)
    assert len(payload) == limit
    assert (await sink.write(Signal.TRACES, payload)).ok
    refused = await sink.write(Signal.TRACES, payload + b"\xa8\x06\x01")
    assert (refused.code, refused.retryable) == ("RESOURCE_EXHAUSTED", False)


async def test_headers_arrive_as_metadata_with_their_variables_filled_in(
    server: OtlpServer,
) -> None:
    headers = {"X-Api-Key": "${STAMPEDE_TEST_KEY}", "tenant": "a b"}
    sink = sink_at(
        "otlp", f"http://{server.address}", {"STAMPEDE_TEST_KEY": "s3cret"}, headers=headers
    )
    await sink.open()
    await sink.write(Signal.LOGS, b"")
    await sink.close()
    (call,) = server.calls
    assert (call.metadata["x-api-key"], call.metadata["tenant"]) == ("s3cret", "a b")
    assert call.security == "insecure"


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


REJECTED_FIELD = {
    Signal.TRACES: "rejected_spans",
    Signal.METRICS: "rejected_data_points",
    Signal.LOGS: "rejected_log_records",
    Signal.PROFILES: "rejected_profiles",
}


@every_signal
@pytest.mark.parametrize("rejected", [0, 7])
async def test_a_partial_success_says_how_many_were_rejected_and_why(
    sink: Sink, server: OtlpServer, signal: Signal, rejected: int
) -> None:
    """None rejected but a message is a warning. Neither may be retried."""

    async def answer(_: Signal, __: Context) -> Message | None:
        partial = {REJECTED_FIELD[signal]: rejected, "error_message": "too old"}
        return RESPONSES[signal](partial_success=partial)

    server.answer = answer
    delivery = await sink.write(signal, b"")
    assert delivery == Delivery(rejected=rejected, message="too old")
    assert delivery.ok
    assert not delivery.retryable


async def test_an_empty_partial_success_is_full_success(sink: Sink, server: OtlpServer) -> None:
    """The Collector answers so."""

    async def answer(_: Signal, __: Context) -> Message | None:
        return RESPONSES[Signal.TRACES](partial_success={})

    server.answer = answer
    assert await sink.write(Signal.TRACES, b"") == Delivery()


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


async def respond_with_garbage(_: bytes, __: Context) -> bytes:
    return b"\xff\xff\xff"


@pytest.fixture
async def broken_server() -> AsyncIterator[str]:
    """Yield the address of a server whose responses are no protobuf."""
    method: Any = grpc.unary_unary_rpc_method_handler(respond_with_garbage)
    service = "opentelemetry.proto.collector.trace.v1.TraceService"
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(service, {"Export": method})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


async def test_an_answer_that_is_not_otlp_is_a_failure_as_grpc_calls_it(broken_server: str) -> None:
    """INTERNAL, as for every gRPC client that cannot decode a response; it is not retried."""
    sink = sink_at("otlp", f"http://{broken_server}")
    await sink.open()
    delivery = await sink.write(Signal.TRACES, b"")
    await sink.close()
    assert delivery == Delivery("INTERNAL", message="the response is not OTLP")
    assert not delivery.ok


async def test_no_answer_within_the_timeout_is_deadline_exceeded(server: OtlpServer) -> None:
    async def never(_: Signal, __: Context) -> Message | None:
        await asyncio.Event().wait()
        return None

    server.answer = never
    sink = sink_at("otlp", f"http://{server.address}", timeout=0.2)
    await sink.open()
    delivery = await sink.write(Signal.TRACES, b"")
    await sink.close()
    assert (delivery.code, delivery.retryable) == ("DEADLINE_EXCEEDED", True)


async def test_a_server_that_goes_away_is_unavailable_and_retryable() -> None:
    async with serving() as server:
        sink = sink_at("otlp", f"http://{server.address}")
        await sink.open()
        assert (await sink.write(Signal.TRACES, b"")).ok
    delivery = await sink.write(Signal.TRACES, b"")
    await sink.close()
    assert (delivery.code, delivery.retryable) == ("UNAVAILABLE", True)


async def failed_open(sink: Sink) -> RunError:
    """Return the error of opening; it is one line, and the sink can still be closed."""
    try:
        with pytest.raises(RunError) as caught:
            await sink.open()
    finally:
        await sink.close()
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    return caught.value


async def test_an_endpoint_that_refuses_is_an_error_that_names_it() -> None:
    port = free_port()
    error = await failed_open(sink_at("otlp", f"http://127.0.0.1:{port}", connect_timeout=0.5))
    assert f"127.0.0.1:{port}" in error.place
    assert "refused" in error.problem.lower()
    assert "otlp.endpoint" in error.fix


async def test_an_endpoint_whose_name_does_not_resolve_is_an_error_that_names_it() -> None:
    error = await failed_open(
        sink_at("otlp", "http://no-such-host.invalid:4317", connect_timeout=0.5)
    )
    assert "no-such-host.invalid:4317" in error.place


async def test_a_receiver_that_starts_a_moment_later_is_waited_for() -> None:
    port = free_port()
    sink = sink_at("otlp", f"http://127.0.0.1:{port}", connect_timeout=20)
    opening = asyncio.ensure_future(sink.open())
    await asyncio.sleep(0.2)
    server = grpc.aio.server()
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await opening
    await sink.close()
    await server.stop(None)
