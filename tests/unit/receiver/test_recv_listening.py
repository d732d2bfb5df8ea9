"""The receiver as a process: where it listens, what it survives, and how it ends."""

import gzip
import json
import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from integration.processes import running, sender_command
from otlp_clients import method, requests
from receivers import ANY_PORT, ReceiverProcess, receiving
from telemetry_common.signals import Signal

_SCHEMA = Path(__file__).parents[3] / "docs" / "receiver-report.schema.json"

SPANS = requests(Signal.TRACES, 7).SerializeToString()


def _valid(report: dict[str, Any]) -> dict[str, Any]:
    jsonschema.validate(report, json.loads(_SCHEMA.read_text()))
    return report


def _post(base: str, body: bytes = SPANS, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        f"{base}/v1/traces", body, {"Content-Type": "application/x-protobuf", **named}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def _export(
    address: str, body: bytes = SPANS, compression: grpc.Compression | None = None
) -> grpc.StatusCode:
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(address, options=options, compression=compression) as channel:
        call: Any = channel.unary_unary(method(Signal.TRACES))
        try:
            call(body, timeout=20)
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code
    return grpc.StatusCode.OK


def test_both_protocols_fill_one_report(tmp_path: Path) -> None:
    with receiving(tmp_path, http=ANY_PORT) as peer:
        assert _export(peer.grpc) is grpc.StatusCode.OK
        assert _post(peer.http) == 200
        report = _valid(peer.finish())
        output = peer.running.output()
    assert report["signals"]["traces"]["requests"] == 2
    assert report["signals"]["traces"]["events"] == 14
    assert report["run"]["address"] == peer.grpc
    assert f"http://{report['run']['http_address']}" == peer.http
    assert f"on {peer.grpc} and {report['run']['http_address']}\n" in output


def test_http_alone_leaves_grpc_out(tmp_path: Path) -> None:
    with receiving(tmp_path, grpc=None, http=ANY_PORT) as peer:
        assert _post(peer.http) == 200
        report = _valid(peer.finish())
        assert peer.running.output().count("listening on") == 1
    assert report["run"]["address"] is None


def test_unix_sockets_of_both_protocols_are_gone_at_the_end(tmp_path: Path) -> None:
    """One of them was left behind by a process that died."""
    grpc_path, http_path = tmp_path / "grpc.sock", tmp_path / "http.sock"
    with socket.socket(socket.AF_UNIX) as died:
        died.bind(str(http_path))
    with receiving(tmp_path, grpc=f"unix:{grpc_path}", http=f"unix:{http_path}") as peer:
        assert _export(f"unix:{grpc_path}") is grpc.StatusCode.OK
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(http_path))
            head = "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf"
            client.sendall(f"{head}\r\nContent-Length: {len(SPANS)}\r\n\r\n".encode() + SPANS)
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        report = _valid(peer.finish())
    assert report["totals"]["events"] == 14
    assert report["run"]["address"] == f"unix:{grpc_path}"
    assert report["run"]["http_address"] == f"unix:{http_path}"
    assert not grpc_path.exists()
    assert not http_path.exists()


@pytest.mark.parametrize("option", ["--grpc", "--http"])
def test_an_address_in_use_is_one_line_and_exit_code_1(tmp_path: Path, option: str) -> None:
    places = [f"unix:{tmp_path / 'used.sock'}"]
    with receiving(tmp_path, grpc=places[0], http=ANY_PORT) as peer:
        places.append(peer.http.removeprefix("http://"))
        for place in places:
            command = sender_command("receive", option, place)
            with running("second", command, tmp_path / "second.log") as second:
                assert second.process.wait(10) == 1
                assert second.output().startswith(
                    f"error: {option} {place}: address already in use; choose another "
                )
        assert _export(peer.grpc) is grpc.StatusCode.OK


def test_the_report_counts_what_was_done_on_purpose(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("faults:\n  - fault: reject\n    value: 2\n    nth: 2\n")
    with receiving(tmp_path, "--faults", file, "--fault", "503,first=1", http=ANY_PORT) as peer:
        codes = [_post(peer.http) for _ in range(4)]
        report = _valid(peer.finish())
        output = peer.running.output()
    assert codes == [503, 200, 200, 200]
    assert report["faults"] == {
        "requests": {"503": 1, "reject": 2},
        "rejected_events": {"traces": 4},
    }
    assert report["totals"] == {**report["totals"], "requests": 3, "events": 17}
    assert "faults on request, in requests: 503 1, reject 2; rejected 4 traces" in output


def test_a_capacity_of_requests_needs_no_decoding(tmp_path: Path) -> None:
    options = ("--discard", "--capacity", "1/s,unit=requests,mode=refuse,burst=0s")
    with receiving(tmp_path, *options, http=ANY_PORT) as peer:
        assert _post(peer.http, b"\xff") == 200
        assert _export(peer.grpc, b"\xff") is grpc.StatusCode.RESOURCE_EXHAUSTED
        report = _valid(peer.finish())
    assert report["faults"]["requests"] == {"capacity": 1}
    assert report["totals"]["requests"] == 1


def test_grpc_unpacks_gzip_and_keeps_the_limit_for_what_it_unpacks(tmp_path: Path) -> None:
    with receiving(tmp_path, "--discard", "--max-message-size", "1MB") as peer:
        gzipped = grpc.Compression.Gzip
        assert _export(peer.grpc, bytes(1 << 20), gzipped) is grpc.StatusCode.OK
        bomb = _export(peer.grpc, bytes(64 << 20), gzipped)
        assert bomb is grpc.StatusCode.RESOURCE_EXHAUSTED
        report = _valid(peer.finish())
    assert report["totals"]["bytes"] == 1 << 20


@pytest.fixture(scope="module")
def survivor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiverProcess]:
    """A receiver that all examples of a property share."""
    with receiving(tmp_path_factory.mktemp("survivor"), "--discard", http=ANY_PORT) as peer:
        yield peer
        peer.finish()
        assert "Traceback" not in peer.running.output()
        assert "Error" not in peer.running.output()


_HEAD = b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"


@pytest.mark.parametrize("protocol", ["grpc", "http"])
@given(noise=st.binary(max_size=300))
@example(noise=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(range(256)))
@example(noise=_HEAD + b"Content-Length: -1\r\n\r\n")
@example(noise=_HEAD + b"Content-Length: 10\r\n\r\nshort")
@example(noise=_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
@example(noise=_HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc")
@example(noise=b"GET /" + b"x" * 20_000)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_at_a_port_harm_nobody(
    survivor: ReceiverProcess, protocol: str, noise: bytes
) -> None:
    place = survivor.grpc if protocol == "grpc" else survivor.http.removeprefix("http://")
    host, _, port = place.partition(":")
    connection = socket.create_connection((host, int(port)), timeout=10)
    # The server may close at once.
    with connection, suppress(OSError):
        connection.sendall(noise)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass
    assert _post(survivor.http) == 200


def test_after_all_that_grpc_still_serves(survivor: ReceiverProcess) -> None:
    assert _export(survivor.grpc) is grpc.StatusCode.OK


def test_a_bomb_over_http_leaves_the_memory_alone(survivor: ReceiverProcess) -> None:
    """1 GB of zeros, against a limit of 64 MB."""
    page = os.sysconf("SC_PAGE_SIZE")
    bomb = gzip.compress(bytes(1 << 30), compresslevel=1)
    assert _post(survivor.http, bomb, Content_Encoding="gzip") == 413
    statm = Path(f"/proc/{survivor.running.process.pid}/statm").read_text().split()
    assert int(statm[1]) * page < 512 << 20


def test_a_client_that_leaves_in_the_middle_is_no_error(survivor: ReceiverProcess) -> None:
    host, _, port = survivor.http.removeprefix("http://").partition(":")
    for _ in range(5):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(_HEAD + b"Content-Length: 1000\r\n\r\nhalf")
    assert _post(survivor.http) == 200
