"""A connection is cut by its peer's name, and only that one; nothing stays open behind it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from telemetry_sender.receiver.server.severing import sever

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def _pair(opened: ExitStack, listening: socket.socket) -> Pair:
    """Return a client and the server's end of its connection."""
    client = opened.enter_context(socket.socket(listening.family))
    client.connect(listening.getsockname())
    accepted = opened.enter_context(listening.accept()[0])
    client.settimeout(5)
    return client, accepted


def _is_cut(client: socket.socket) -> bool:
    client.settimeout(0.2)
    try:
        return client.recv(1) == b""
    except TimeoutError:
        return False


def test_only_the_named_connection_is_cut(opened: ExitStack) -> None:
    listening = opened.enter_context(socket.create_server(("127.0.0.1", 0)))
    cut, kept = _pair(opened, listening), _pair(opened, listening)
    sever(f"ipv4:127.0.0.1:{cut[0].getsockname()[1]}")
    assert _is_cut(cut[0])
    assert not _is_cut(kept[0])


@pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
def test_connections_on_a_socket_of_both_families_are_found(opened: ExitStack, host: str) -> None:
    listening = opened.enter_context(
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    )
    client = opened.enter_context(socket.create_connection((host, listening.getsockname()[1])))
    opened.enter_context(listening.accept()[0])
    name = f"ipv6:%5B::1%5D:{client.getsockname()[1]}" if ":" in host else None
    sever(name or f"ipv4:127.0.0.1:{client.getsockname()[1]}")
    assert _is_cut(client)


def test_over_a_unix_socket_all_that_were_accepted_are_cut(
    opened: ExitStack, tmp_path: Path
) -> None:
    listening = opened.enter_context(socket.socket(socket.AF_UNIX))
    listening.bind(str(tmp_path / "s"))
    listening.listen()
    pairs = [_pair(opened, listening) for _ in range(2)]
    sever("unix:")
    assert [_is_cut(client) for client, _ in pairs] == [True, True]
    # It still listens.
    assert not _is_cut(_pair(opened, listening)[0])


def test_nothing_stays_open() -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        sever("ipv4:127.0.0.1:1")
    assert len(list(Path("/dev/fd").iterdir())) == before
