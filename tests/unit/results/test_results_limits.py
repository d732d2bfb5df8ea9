"""The limit of a run is named from its numbers, the strongest evidence first."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from telemetry_sender.results.limits import Evidence, LimitKind, limit_of
from telemetry_sender.results.links import Connection, LinkUse, LinkWatch, connections

IDLE = Evidence(
    duration_seconds=10.0,
    sent_events=100_000,
    intended_events=None,
    cpu_seconds=1.0,
    queued_seconds=0.0,
    cores=1,
    waiting_seconds=95.0,
    concurrency=10,
    median_answer_ms=20.0,
)


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (replace(IDLE, intended_events=100_500.0), LimitKind.RATE),
        (replace(IDLE, intended_events=100_500.0, cpu_seconds=10.0), LimitKind.RATE),
        (replace(IDLE, intended_events=200_000.0), LimitKind.ENDPOINT),
        (IDLE, LimitKind.ENDPOINT),
        (replace(IDLE, cpu_seconds=9.5), LimitKind.SENDER_CPU),
        (replace(IDLE, cpu_seconds=9.5, cores=2), LimitKind.ENDPOINT),
        (replace(IDLE, cpu_seconds=5.0, queued_seconds=4.5), LimitKind.SENDER_CPU),
        (replace(IDLE, cpu_seconds=19.0, cores=2), LimitKind.SENDER_CPU),
        (replace(IDLE, waiting_seconds=20.0), LimitKind.ENDPOINT),
        (replace(IDLE, waiting_seconds=5.0), LimitKind.WORKERS),
        (replace(IDLE, waiting_seconds=10.0, cores=2), LimitKind.WORKERS),
        (replace(IDLE, duration_seconds=0.5), LimitKind.UNKNOWN),
        (replace(IDLE, link=LinkUse(20, 15)), LimitKind.NETWORK),
        (replace(IDLE, link=LinkUse(20, 5)), LimitKind.ENDPOINT),
        (replace(IDLE, link=LinkUse()), LimitKind.ENDPOINT),
    ],
)
def test_the_limit_follows_from_the_evidence(evidence: Evidence, kind: LimitKind) -> None:
    limit = limit_of(evidence)
    assert limit.kind is kind
    assert limit.sentence


def test_the_sentence_gives_the_evidence() -> None:
    assert limit_of(IDLE).sentence.startswith(
        "the endpoint (median answer 20.0 ms, 9.5 of 10 requests in flight)"
    )


def test_a_core_that_others_use_is_told_of() -> None:
    crowded = replace(IDLE, cpu_seconds=5.0, queued_seconds=4.5)
    assert "50% of a core, and it waited 45% of the time for one" in limit_of(crowded).sentence


def test_files_give_no_answers_to_wait_for() -> None:
    local = replace(IDLE, waiting_seconds=5.0, is_local=True)
    assert "answer" not in limit_of(local).sentence


def test_a_run_in_which_nothing_was_answered_is_put_down_to_the_endpoint_or_the_workers() -> None:
    silent = replace(IDLE, median_answer_ms=None, waiting_seconds=0.0)
    assert "no answers" in limit_of(silent).sentence


@pytest.fixture
def connected() -> Iterator[tuple[socket.socket, socket.socket, int]]:
    """Return both ends of a connection, and the port of the second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as mine:
            theirs, _ = server.accept()
            with theirs:
                yield mine, theirs, port


needs_tcp_info = pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="needs Linux")


@needs_tcp_info
def test_a_peer_that_does_not_read_is_not_taken_for_the_network(
    connected: tuple[socket.socket, socket.socket, int],
) -> None:
    mine, _, port = connected
    mine.settimeout(0.3)
    with suppress(TimeoutError):
        while True:
            mine.send(b"x" * 65536)
    (found,) = connections({port})
    assert found.unsent_bytes > 0
    assert found.receiver_seconds > 0.1
    assert not found.queues


@needs_tcp_info
def test_a_connection_whose_bytes_are_on_the_wire_does_not_queue(
    connected: tuple[socket.socket, socket.socket, int],
) -> None:
    mine, theirs, port = connected
    mine.sendall(b"x" * 1000)
    assert theirs.recv(1000)
    watch = LinkWatch({port})
    for _ in range(3):
        watch.look()
    assert watch.use == LinkUse(looks=3, queued=0)


def test_only_connections_to_the_endpoint_are_looked_at(
    connected: tuple[socket.socket, socket.socket, int],
) -> None:
    watch = LinkWatch({connected[2] + 1})
    watch.look()
    assert watch.use == LinkUse()


@pytest.mark.parametrize(
    ("connection", "queues"),
    [
        (Connection(unsent_bytes=10_000, busy_seconds=2.0, receiver_seconds=0.1), True),
        (Connection(unsent_bytes=10_000, busy_seconds=2.0, receiver_seconds=1.5), False),
        (Connection(unsent_bytes=0, busy_seconds=2.0, receiver_seconds=0.0), False),
    ],
)
def test_bytes_queue_where_the_peer_would_take_them(connection: Connection, queues: bool) -> None:
    assert connection.queues == queues


def test_the_looks_of_processes_add_up() -> None:
    assert LinkUse(4, 1) + LinkUse(6, 4) == LinkUse(10, 5)
    assert LinkUse(10, 5).network_share == 0.5
    assert LinkUse().network_share == 0.0
