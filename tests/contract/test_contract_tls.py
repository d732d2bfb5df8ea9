"""TLS over every protocol: the right authority works, others fail, nothing goes in the clear."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from otlp_peer import Peer, ServerTls, peer_of
from sinks_at import sink_at
from tcp_relay import relaying
from telemetry_common.errors import ConfigError, RunError
from telemetry_common.signals import Signal
from telemetry_sender.sinks.delivery import Delivery


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return PEM files: the authority, another one, and a client's certificate and key."""
    folder = tmp_path_factory.mktemp("pem")
    client = authority.issue_cert("sender@example.org")
    contents = {
        "ca": authority.cert_pem.bytes(),
        "other_ca": trustme.CA().cert_pem.bytes(),
        "client": b"".join(each.bytes() for each in client.cert_chain_pems),
        "key": client.private_key_pem.bytes(),
        "other_key": authority.issue_cert("other@example.org").private_key_pem.bytes(),
        "encrypted_key": encrypted(client.private_key_pem.bytes()),
    }
    for name, content in contents.items():
        (folder / f"{name}.pem").write_bytes(content)
    return {name: folder / f"{name}.pem" for name in contents}


def encrypted(key: bytes) -> bytes:
    """Return a PEM key with a password."""
    secret = serialization.BestAvailableEncryption(b"hunter2")
    return serialization.load_pem_private_key(key, None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret
    )


def server_tls(authority: trustme.CA, *names: str, mutual: bool = False) -> ServerTls:
    """Return what a server of these names shows; a mutual one asks for the client's certificate."""
    issued = authority.issue_cert(*names)
    chain = b"".join(each.bytes() for each in issued.cert_chain_pems)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    if mutual:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return ServerTls(
        grpc=grpc.ssl_server_credentials(
            [(issued.private_key_pem.bytes(), chain)],
            root_certificates=authority.cert_pem.bytes() if mutual else None,
            require_client_auth=mutual,
        ),
        http=context,
    )


@pytest.fixture(params=["grpc", "http/protobuf"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def server(protocol: str, authority: trustme.CA) -> AsyncIterator[Peer]:
    """Yield a server that speaks TLS."""
    async with peer_of(protocol, server_tls(authority, "localhost", "127.0.0.1")) as running:
        yield running


@pytest.fixture
async def mutual_server(protocol: str, authority: trustme.CA) -> AsyncIterator[Peer]:
    """Yield a server that wants to see a client's certificate."""
    tls = server_tls(authority, "localhost", mutual=True)
    async with peer_of(protocol, tls) as running:
        yield running


@pytest.fixture
async def other_name(protocol: str, authority: trustme.CA) -> AsyncIterator[Peer]:
    """Yield a server whose certificate is that of another name."""
    async with peer_of(protocol, server_tls(authority, "collector.example.org")) as running:
        yield running


async def write_once(protocol: str, endpoint: str, **otlp: Any) -> Delivery:
    sink = sink_at("otlp", endpoint, protocol=protocol, **otlp)
    try:
        await sink.open()
        return await sink.write(Signal.TRACES, b"")
    finally:
        await sink.close()


async def refused(protocol: str, endpoint: str, **otlp: Any) -> RunError:
    """Return the one-line error of opening."""
    with pytest.raises(RunError) as caught:
        await write_once(protocol, endpoint, connect_timeout=0.4, **otlp)
    assert endpoint.rpartition("/")[2] in caught.value.place
    assert "\n" not in str(caught.value)
    return caught.value


async def fails(protocol: str, endpoint: str, **otlp: Any) -> None:
    """Check that opening fails, or the first request after it."""
    try:
        delivery = await write_once(protocol, endpoint, connect_timeout=0.4, timeout=1, **otlp)
    except RunError:
        return
    assert not delivery.ok


@pytest.mark.parametrize("scheme", ["https://", ""])
async def test_with_the_right_authority_requests_arrive_over_tls(
    protocol: str, server: Peer, files: dict[str, Path], scheme: str
) -> None:
    """TLS is also the default without a scheme."""
    endpoint = f"{scheme}localhost:{server.port}"
    assert await write_once(protocol, endpoint, certificate=files["ca"]) == Delivery()
    assert [each.secure for each in server.arrivals()] == [True]


async def test_with_another_authority_nothing_is_sent(
    protocol: str, server: Peer, files: dict[str, Path]
) -> None:
    endpoint = f"https://127.0.0.1:{server.port}"
    error = await refused(protocol, endpoint, certificate=files["other_ca"])
    assert "CERTIFICATE_VERIFY_FAILED" in error.problem
    assert "otlp.certificate" in error.fix
    assert server.arrivals() == []


async def test_the_systems_authorities_do_not_vouch_for_a_private_one(
    protocol: str, server: Peer
) -> None:
    await refused(protocol, f"https://localhost:{server.port}")
    assert server.arrivals() == []


async def test_a_certificate_of_another_name_is_refused(
    protocol: str, other_name: Peer, files: dict[str, Path]
) -> None:
    await refused(protocol, f"https://localhost:{other_name.port}", certificate=files["ca"])
    assert other_name.arrivals() == []


async def test_a_server_name_is_the_one_that_the_certificate_must_have(
    protocol: str, other_name: Peer, server: Peer, files: dict[str, Path]
) -> None:
    """Requests ask for that name too."""
    named: dict[str, Any] = {"certificate": files["ca"], "server_name": "collector.example.org"}
    endpoint = f"https://localhost:{other_name.port}"
    assert await write_once(protocol, endpoint, **named) == Delivery()
    (arrival,) = other_name.arrivals()
    if protocol != "grpc":
        assert arrival.headers["host"] == "collector.example.org"
    await refused(protocol, f"https://localhost:{server.port}", **named)
    assert server.arrivals() == []


async def test_a_certificate_that_turns_bad_later_is_unavailable_and_says_why(
    protocol: str, server: Peer, other_name: Peer, files: dict[str, Path]
) -> None:
    """The run may be long, and whoever renews certificates may make mistakes."""
    async with relaying(server.port) as relay:
        sink = sink_at(
            "otlp", f"https://localhost:{relay.port}", protocol=protocol, certificate=files["ca"]
        )
        await sink.open()
        assert await sink.write(Signal.TRACES, b"") == Delivery()
        relay.server_port = other_name.port
        relay.cut()
        for _ in range(20):
            # The first may fail because its connection was cut.
            delivery = await sink.write(Signal.TRACES, b"")
            assert (delivery.code, delivery.retryable) == ("UNAVAILABLE", True)
            if "verif" in delivery.message.lower():
                break
            await asyncio.sleep(0.05)
        await sink.close()
    assert "verif" in delivery.message.lower()
    assert other_name.arrivals() == []


async def test_plaintext_to_a_tls_server_fails(protocol: str, server: Peer) -> None:
    await fails(protocol, f"http://127.0.0.1:{server.port}")
    assert server.arrivals() == []


async def test_tls_to_a_plaintext_server_is_refused(protocol: str, files: dict[str, Path]) -> None:
    async with peer_of(protocol) as server:
        await refused(protocol, f"https://localhost:{server.port}", certificate=files["ca"])
        assert server.arrivals() == []


async def test_a_client_certificate_opens_a_server_that_wants_one(
    protocol: str, mutual_server: Peer, files: dict[str, Path]
) -> None:
    delivery = await write_once(
        protocol, f"https://localhost:{mutual_server.port}",
        certificate=files["ca"], client_certificate=files["client"], client_key=files["key"],
    )  # fmt: skip
    assert delivery == Delivery()
    assert [each.secure for each in mutual_server.arrivals()] == [True]


async def test_without_a_client_certificate_such_a_server_gets_nothing(
    protocol: str, mutual_server: Peer, files: dict[str, Path]
) -> None:
    """With TLS 1.3 the refusal may come only after the handshake, with the first request."""
    await fails(protocol, f"https://localhost:{mutual_server.port}", certificate=files["ca"])
    assert mutual_server.arrivals() == []


@pytest.mark.parametrize("key", ["certificate", "client_key", "client_certificate"])
def test_a_pem_file_that_is_not_there_is_an_error_that_names_key_and_file(
    protocol: str, files: dict[str, Path], tmp_path: Path, key: str
) -> None:
    given = {"certificate": "ca", "client_key": "key", "client_certificate": "client"}
    otlp: dict[str, Any] = {name: files[file] for name, file in given.items()}
    otlp[key] = tmp_path / "gone.pem"
    with pytest.raises(ConfigError) as caught:
        sink_at("otlp", "https://localhost:4317", protocol=protocol, **otlp)
    assert caught.value.place == f"otlp.{key}"
    assert f"{tmp_path / 'gone.pem'}: no such file" in caught.value.problem


@pytest.mark.parametrize("key", ["certificate", "client_key", "client_certificate"])
def test_a_file_that_is_no_pem_is_the_users_mistake_and_named(
    protocol: str, files: dict[str, Path], tmp_path: Path, key: str
) -> None:
    junk = tmp_path / "junk.pem"
    junk.write_text("not a certificate\n")
    given = {"certificate": "ca", "client_key": "key", "client_certificate": "client"}
    otlp: dict[str, Any] = {name: files[file] for name, file in given.items()}
    otlp[key] = junk
    with pytest.raises(ConfigError) as caught:
        sink_at("otlp", "https://localhost:4317", protocol=protocol, **otlp)
    assert caught.value.place == f"otlp.{key}"
    assert caught.value.problem.startswith(f"{junk}: holds no ")


@pytest.mark.parametrize("name", ["other_key", "encrypted_key"])
def test_a_key_that_cannot_be_used_with_the_certificate_is_the_users_mistake(
    protocol: str, files: dict[str, Path], name: str
) -> None:
    with pytest.raises(ConfigError, match="not that of") as caught:
        sink_at(
            "otlp", "https://localhost:4317", protocol=protocol,
            client_certificate=files["client"], client_key=files[name],
        )  # fmt: skip
    assert caught.value.place == "otlp.client_key"
    assert str(files[name]) in caught.value.problem
