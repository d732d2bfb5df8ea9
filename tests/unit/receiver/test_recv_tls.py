"""TLS and mTLS over both protocols: who has the right certificates is served, nobody else."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
import trustme

from otlp_clients import Client, grpc_client, http_client, requests
from receptions import LIMIT, LOOPBACK
from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_sender.receiver.address import http_url
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.server.grpc_server import serving_grpc
from telemetry_sender.receiver.server.http_server import serving_http
from telemetry_sender.receiver.server.tls import Tls, load_tls

SPANS = requests(Signal.TRACES, 3)


@dataclass(frozen=True, slots=True)
class Files:
    """PEM files of an authority, its server, its client, and another authority's client."""

    authority: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path
    stranger: Path
    stranger_key: Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("pem")
    authority, other = trustme.CA(), trustme.CA()

    def written(name: str, *blobs: trustme.Blob) -> Path:
        (folder / name).write_bytes(b"".join(each.bytes() for each in blobs))
        return folder / name

    def issued(ca: trustme.CA, name: str, host: str) -> tuple[Path, Path]:
        leaf = ca.issue_cert(host)
        return (
            written(f"{name}.pem", *leaf.cert_chain_pems),
            written(f"{name}.key", leaf.private_key_pem),
        )

    return Files(
        written("authority.pem", authority.cert_pem),
        *issued(authority, "server", "127.0.0.1"),
        *issued(authority, "client", "sender@example.org"),
        *issued(other, "stranger", "sender@example.org"),
    )


@asynccontextmanager
async def _client(
    protocol: str, tls: Tls, authority: Path, own: tuple[Path, Path] | None
) -> AsyncIterator[tuple[Client, CheckingIntake]]:
    """Serve `protocol` with TLS, and connect as who has the certificate and key in `own`."""
    intake = CheckingIntake()
    reception = Reception(intake)
    if protocol == "grpc":
        async with (
            serving_grpc(reception, LOOPBACK, LIMIT, tls) as bound,
            grpc_client(str(bound), _credentials(authority, own)) as client,
        ):
            yield client, intake
        return
    context = ssl.create_default_context(cafile=str(authority))
    if own is not None:
        context.load_cert_chain(*own)
    async with (
        serving_http(reception, LOOPBACK, LIMIT, tls) as bound,
        http_client(http_url(bound, secure=True), tls=context) as client,
    ):
        yield client, intake


def _credentials(authority: Path, own: tuple[Path, Path] | None) -> grpc.ChannelCredentials:
    chain, key = (None, None) if own is None else (own[0].read_bytes(), own[1].read_bytes())
    return grpc.ssl_channel_credentials(authority.read_bytes(), key, chain)


def _tls(files: Files, *, mutual: bool) -> Tls:
    loaded = load_tls(files.server, files.server_key, files.authority if mutual else None)
    assert loaded is not None
    return loaded


PROTOCOL = pytest.mark.parametrize("protocol", ["grpc", "http"])


@PROTOCOL
async def test_who_trusts_the_server_is_served(protocol: str, files: Files) -> None:
    tls = _tls(files, mutual=False)
    async with _client(protocol, tls, files.authority, None) as (client, intake):
        assert (await client.send(Signal.TRACES, SPANS)).word == "ok"
        assert intake.tally.signals[Signal.TRACES].events == 3


@PROTOCOL
async def test_with_a_client_authority_its_clients_are_served(protocol: str, files: Files) -> None:
    own = (files.client, files.client_key)
    async with _client(protocol, _tls(files, mutual=True), files.authority, own) as (client, _):
        assert (await client.send(Signal.TRACES, SPANS)).word == "ok"


@PROTOCOL
@pytest.mark.parametrize("stranger", [False, True], ids=["no certificate", "a stranger's"])
async def test_with_a_client_authority_nobody_else_is_served(
    protocol: str, stranger: bool, files: Files
) -> None:
    own = (files.stranger, files.stranger_key) if stranger else None
    tls = _tls(files, mutual=True)
    async with _client(protocol, tls, files.authority, own) as (client, intake):
        assert (await client.send(Signal.TRACES, SPANS, 5)).word != "ok"
        assert intake.tally.signals[Signal.TRACES].requests == 0


def test_without_files_it_is_plaintext() -> None:
    assert load_tls(None, None, None) is None


@pytest.mark.parametrize(
    ("certificate", "key", "client_ca", "problem"),
    [
        ("server.pem", None, None, "--tls-cert and --tls-key: one is missing"),
        (None, "server.key", None, "--tls-cert and --tls-key: one is missing"),
        (None, None, "authority.pem", "--client-ca: clients are known by TLS only"),
        ("none.pem", "server.key", None, "--tls-cert: {}/none.pem: no such file or directory"),
        ("server.pem", "client.key", None, "--tls-key: {}/client.key: not the plain private key"),
        ("server.pem", "server.pem", None, "--tls-key: {}/server.pem: not the plain private key"),
        ("server.pem", "server.key", "server.key", "--client-ca: {}/server.key: holds no cert"),
    ],
)
def test_a_file_that_does_not_do_is_named(
    certificate: str | None, key: str | None, client_ca: str | None, problem: str, files: Files
) -> None:
    folder = files.authority.parent
    paths = [None if each is None else folder / each for each in (certificate, key, client_ca)]
    with pytest.raises(UsageError) as refused:
        load_tls(*paths)
    assert str(refused.value).startswith(problem.format(folder))
