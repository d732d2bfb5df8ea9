"""The limit of a run is named from its numbers, the strongest evidence first."""

import socket
import threading
from dataclasses import replace

import pytest

from telemetry_sender.results.limits import Evidence, LimitKind, limit_of
from telemetry_sender.results.links import LinkUse, link_use

IDLE = Evidence(
    duration_seconds=10.0,
    sent_events=100_000,
    intended_events=None,
    cpu_seconds=1.0,
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
        (replace(IDLE, cpu_seconds=19.0, cores=2), LimitKind.SENDER_CPU),
        (replace(IDLE, waiting_seconds=20.0), LimitKind.WORKERS),
        (replace(IDLE, duration_seconds=0.5), LimitKind.UNKNOWN),
        (replace(IDLE, link=LinkUse(2, 19.0, 0.5, 0.0)), LimitKind.NETWORK),
        (replace(IDLE, link=LinkUse(2, 19.0, 15.0, 0.0)), LimitKind.ENDPOINT),
        (replace(IDLE, link=LinkUse(2, 2.0, 0.0, 0.0)), LimitKind.ENDPOINT),
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


def test_a_run_in_which_nothing_was_answered_is_put_down_to_the_endpoint_or_the_workers() -> None:
    silent = replace(IDLE, median_answer_ms=None, waiting_seconds=0.0)
    assert "no answers" in limit_of(silent).sentence


def _flood(connection: socket.socket) -> None:
    connection.settimeout(0.3)
    try:
        while True:
            connection.send(b"x" * 65536)
    except TimeoutError:
        pass


@pytest.mark.skipif(link_use(1) is None and not hasattr(socket, "TCP_INFO"), reason="needs Linux")
def test_a_peer_that_does_not_read_shows_in_the_kernels_counters() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            peer, _ = server.accept()
            flood = threading.Thread(target=_flood, args=(connection,))
            flood.start()
            flood.join()
            found = link_use(port)
            peer.close()
    assert found is not None
    assert found.connections == 1
    assert found.busy_seconds > 0.2
    assert found.network_share(found.busy_seconds) < 0.5, "the peer was slow, not the network"


def test_a_port_without_connections_has_no_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert link_use(server.getsockname()[1]) is None


def test_the_use_of_processes_adds_up() -> None:
    assert LinkUse(1, 2.0, 1.0, 0.5) + LinkUse(1, 3.0, 0.0, 0.0) == LinkUse(2, 5.0, 1.0, 0.5)
