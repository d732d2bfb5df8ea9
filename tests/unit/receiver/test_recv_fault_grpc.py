"""Faults where the protocols differ: connections that carry many requests, bodies of bytes."""

import asyncio
from typing import Any

import grpc
import pytest

from otlp_clients import Outcome, method, requests
from receptions import Served, listening, served
from telemetry_common.signals import Signal
from telemetry_sender.receiver.capacity import Limit
from telemetry_sender.receiver.faults.options import parse_fault
from telemetry_sender.receiver.faults.plan import FaultPlan
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.reception import Reception


async def _send(peer: Served) -> Outcome:
    return await peer.client.send(Signal.TRACES, requests(Signal.TRACES, 10))


def _events(peer: Served) -> int:
    return peer.tally.signals[Signal.TRACES].events


async def test_closing_cuts_the_other_requests_of_the_connection() -> None:
    """It is the connection that goes: over HTTP/2 with everything that it carries."""
    async with served("grpc", "delay=5s,nth=1,first=1", "close,nth=2") as peer:
        slow = asyncio.create_task(_send(peer))
        while peer.counts.requests["delay"] == 0:  # noqa: ASYNC110 - counts are plain numbers
            await asyncio.sleep(0.001)
        assert (await _send(peer)).word == "closed"
        async with asyncio.timeout(3):
            assert (await slow).word == "closed"
        assert _events(peer) == 0


async def test_neither_a_rejection_nor_a_capacity_hides_that_a_request_is_undecodable() -> None:
    intake = CheckingIntake()
    plan = FaultPlan([parse_fault("reject=1").built()])
    reception = Reception(intake, plan, Limit(rate=1000))
    async with (
        listening("grpc", reception) as address,
        grpc.aio.insecure_channel(address) as channel,
    ):
        call: Any = channel.unary_unary(method(Signal.TRACES))
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(b"\x0a\xff")
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert intake.tally.undecodable == {Signal.TRACES: 1}
    assert not reception.counts.rejected_events
