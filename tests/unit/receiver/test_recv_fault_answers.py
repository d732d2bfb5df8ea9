"""Every fault over every protocol: what the client learns, and what counts as received."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from otlp_clients import PROTOCOLS, Outcome, requests
from receptions import Served, listening, served
from telemetry_common.signals import Signal
from telemetry_sender.receiver.capacity import Limit, Mode, Unit
from telemetry_sender.receiver.faults.options import parse_fault
from telemetry_sender.receiver.faults.plan import FaultPlan
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.reception import Reception

pytestmark = pytest.mark.parametrize("protocol", PROTOCOLS)

EVENTS = 10
SPANS = requests(Signal.TRACES, EVENTS)


async def _send(peer: Served, deadline: float = 20.0) -> Outcome:
    return await peer.client.send(Signal.TRACES, SPANS, deadline)


def _events(peer: Served, signal: Signal = Signal.TRACES) -> int:
    return peer.tally.signals[signal].events


@pytest.mark.parametrize("signal", Signal)
async def test_without_faults_everything_is_taken(protocol: str, signal: Signal) -> None:
    async with served(protocol) as peer:
        assert await peer.client.send(signal, requests(signal, EVENTS)) == Outcome("ok")
        assert _events(peer, signal) == EVENTS
        assert not peer.counts.requests


@pytest.mark.parametrize(
    ("fault", "grpc_word", "http_word"),
    [
        ("unavailable", "UNAVAILABLE", "503"),
        ("resource-exhausted", "RESOURCE_EXHAUSTED", "429"),
        ("deadline-exceeded", "timeout", "504"),
        ("invalid-argument", "INVALID_ARGUMENT", "400"),
        ("data-loss", "DATA_LOSS", "500"),
        ("cancelled", "CANCELLED", "499"),
        ("429", "RESOURCE_EXHAUSTED", "429"),
        ("502", "UNAVAILABLE", "502"),
        ("401", "UNAUTHENTICATED", "401"),
        ("418", "UNKNOWN", "418"),
    ],
)
async def test_a_status_is_answered_and_nothing_taken(
    protocol: str, fault: str, grpc_word: str, http_word: str
) -> None:
    async with served(protocol, fault) as peer:
        outcome = await _send(peer)
        assert outcome.word == (grpc_word if protocol == "grpc" else http_word)
        assert (outcome.retry_after, outcome.retry_after_header) == (None, None)
        assert _events(peer) == 0
        assert peer.counts.requests == Counter({fault: 1})


async def test_a_status_may_say_when_to_come_again(protocol: str) -> None:
    """RetryInfo is exact; the header of HTTP has whole seconds, never fewer."""
    async with served(protocol, "unavailable,retry-after=1500ms,first=1") as peer:
        refused = await _send(peer)
        assert refused.retry_after == 1.5
        assert refused.retry_after_header == (None if protocol == "grpc" else "2")
        assert (await _send(peer)).word == "ok"
        assert _events(peer) == EVENTS


@pytest.mark.parametrize(
    ("fault", "rejected"), [("reject=3", 3), ("reject=25%", 3), ("reject=99", 10)]
)
@pytest.mark.parametrize("signal", [Signal.TRACES, Signal.METRICS, Signal.LOGS])
async def test_rejected_events_are_said_and_not_taken(
    protocol: str, fault: str, rejected: int, signal: Signal
) -> None:
    async with served(protocol, fault) as peer:
        outcome = await peer.client.send(signal, requests(signal, EVENTS))
        assert (outcome.word, outcome.rejected) == ("ok", rejected)
        assert outcome.message == "rejected on request"
        assert _events(peer, signal) == EVENTS - rejected
        assert peer.counts.rejected_events == {signal: rejected}


async def test_profiles_are_rejected_whole(protocol: str) -> None:
    """The protocol counts rejected profiles; the report counts their samples."""
    async with served(protocol, "reject=1") as peer:
        outcome = await peer.client.send(Signal.PROFILES, requests(Signal.PROFILES, EVENTS))
        assert outcome.rejected == 1
        assert _events(peer, Signal.PROFILES) == 0
        assert peer.counts.rejected_events == {Signal.PROFILES: EVENTS}


async def test_a_closed_connection_takes_nothing_and_the_next_one_works(protocol: str) -> None:
    async with served(protocol, "close,first=1") as peer:
        assert (await _send(peer, 5)).word == "closed"
        assert _events(peer) == 0
        assert (await _patient(peer)).word == "ok"
        assert _events(peer) == EVENTS


async def test_a_lost_answer_leaves_the_events_taken(protocol: str) -> None:
    async with served(protocol, "answer-lost,first=1") as peer:
        assert (await _send(peer, 5)).word == "closed"
        assert _events(peer) == EVENTS
        assert (await _patient(peer)).word == "ok"
        assert _events(peer) == 2 * EVENTS


async def _patient(peer: Served) -> Outcome:
    """Send until a connection is there again; gRPC takes a moment to make a new one."""
    async with asyncio.timeout(10):
        while (outcome := await _send(peer)).word == "closed":  # noqa: ASYNC110 - it sends anew
            await asyncio.sleep(0.01)
    return outcome


async def test_garbage_is_a_success_that_nobody_can_read(protocol: str) -> None:
    async with served(protocol, "garbage") as peer:
        assert (await _send(peer)).word == "garbage"
        assert _events(peer) == EVENTS


async def test_a_request_that_hangs_is_never_taken(protocol: str) -> None:
    async with served(protocol, "hang,first=1") as peer:
        assert (await _send(peer, 0.2)).word == "timeout"
        assert (await _send(peer)).word == "ok"
        assert _events(peer) == EVENTS


@pytest.mark.parametrize("fault", ["delay=300ms", "delay=300ms..400ms", "slow-read=300ms"])
async def test_a_pause_holds_the_answer_back(protocol: str, fault: str) -> None:
    async with served(protocol, f"{fault},first=1") as peer:
        start = time.monotonic()
        assert await _send(peer) == Outcome("ok")
        assert time.monotonic() - start >= 0.29
        assert _events(peer) == EVENTS


async def test_who_gives_up_during_a_delay_is_not_taken(protocol: str) -> None:
    """So that the retry of a client with a deadline is no duplicate."""
    async with served(protocol, "delay=500ms,first=1") as peer:
        assert (await _send(peer, 0.1)).word == "timeout"
        assert (await _send(peer)).word == "ok"
        await asyncio.sleep(0.6)
        assert _events(peer) == EVENTS


async def test_a_stall_holds_back_everyone_until_its_window_ends(protocol: str) -> None:
    async with served(protocol, "stall=600ms,from=0s") as peer:
        start = time.monotonic()
        for pause in (0.0, 0.1, 0.2):
            await asyncio.sleep(pause)
            outcomes = [asyncio.create_task(_send(peer)) for _ in range(3)]
        await asyncio.gather(*outcomes)
        assert time.monotonic() - start >= 0.55
        before = time.monotonic()
        assert (await _send(peer)).word == "ok"
        assert time.monotonic() - before < 0.4


async def test_slow_reading_leaves_a_large_body_with_the_client(protocol: str) -> None:
    """A body beyond all buffers is not through until the server reads it."""
    large = requests(Signal.LOGS, 1)
    text = "x" * (3 << 20)
    large.resource_logs[0].scope_logs[0].log_records[0].body.string_value = text  # type: ignore[attr-defined]
    async with served(protocol, "slow-read=400ms") as peer:
        start = time.monotonic()
        assert (await peer.client.send(Signal.LOGS, large)).word == "ok"
        assert time.monotonic() - start >= 0.39
        assert _events(peer, Signal.LOGS) == 1


async def test_pauses_and_an_ending_strike_together_and_only_the_first_ending_counts(
    protocol: str,
) -> None:
    async with served(protocol, "delay=100ms", "unauthenticated,nth=2", "503") as peer:
        start = time.monotonic()
        words = [(await _send(peer)).word for _ in range(2)]
        assert time.monotonic() - start >= 0.2
        expected = ["UNAVAILABLE", "UNAUTHENTICATED"] if protocol == "grpc" else ["503", "401"]
        assert words == expected
        assert peer.counts.requests == Counter({"delay": 2, "unauthenticated": 1, "503": 1})


async def test_a_fault_of_one_signal_leaves_the_others_alone(protocol: str) -> None:
    async with served(protocol, "503,signal=logs") as peer:
        assert (await _send(peer)).word == "ok"
        assert (await peer.client.send(Signal.LOGS, requests(Signal.LOGS, 1))).word != "ok"


async def test_beyond_its_capacity_it_refuses_and_says_when_to_come_again(protocol: str) -> None:
    limit = Limit(rate=EVENTS, mode=Mode.REFUSE, burst=0.0)
    async with served(protocol, limit=limit) as peer:
        assert (await _send(peer)).word == "ok"
        refused = await _send(peer)
        assert refused.word == ("RESOURCE_EXHAUSTED" if protocol == "grpc" else "429")
        assert refused.retry_after is not None
        assert 0.5 < refused.retry_after <= 1.0
        assert _events(peer) == EVENTS
        assert peer.counts.requests == Counter({"capacity": 1})


async def test_at_its_capacity_it_queues_at_exactly_that_rate(protocol: str) -> None:
    async with served(protocol, limit=Limit(rate=50, unit=Unit.REQUESTS)) as peer:
        start = time.monotonic()
        outcomes = await asyncio.gather(*(_send(peer) for _ in range(25)))
        took = time.monotonic() - start
        assert {each.word for each in outcomes} == {"ok"}
        assert 0.5 <= took < 1.0


async def test_at_the_end_what_is_in_flight_is_finished_and_what_hangs_is_given_up(
    protocol: str,
) -> None:
    faults = ("delay=300ms,signal=traces", "hang,signal=logs")
    plan = FaultPlan([parse_fault(each).built() for each in faults])
    intake = CheckingIntake()
    reception = Reception(intake, plan)
    async with AsyncExitStack() as clients:
        async with listening(protocol, reception) as address:
            client = await clients.enter_async_context(PROTOCOLS[protocol](address))
            slow = asyncio.create_task(client.send(Signal.TRACES, SPANS))
            hung = asyncio.create_task(client.send(Signal.LOGS, requests(Signal.LOGS, 1)))
            while reception.counts.requests.total() < 2:  # noqa: ASYNC110 - plain numbers
                await asyncio.sleep(0.001)
            reception.close()
        assert (await slow).word == "ok"
        assert (await hung).word == ("closed" if protocol == "grpc" else "503")
    assert intake.tally.signals[Signal.TRACES].events == EVENTS
    assert intake.tally.signals[Signal.LOGS].requests == 0
