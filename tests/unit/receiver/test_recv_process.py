"""The receiver as a process: what it prints, what it answers, and how it ends."""

import json
import signal
from pathlib import Path
from typing import Any

import grpc
import jsonschema
import pytest

from integration.exports import exporter
from integration.processes import free_port, receiver, running, sender_command
from receiver_reference import ReferenceSender, build_reference_set, write_reference_set

_SCHEMA = Path(__file__).parents[3] / "docs" / "receiver-report.schema.json"
_TRACES = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
_PROFILES = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export"
SEED = 5


def _valid(report: dict[str, Any]) -> dict[str, Any]:
    jsonschema.validate(report, json.loads(_SCHEMA.read_text()))
    return report


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_report_and_summary(tmp_path: Path, number: signal.Signals) -> None:
    """Two passes, one span withheld: the report is exact, valid and agrees with the summary."""
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    sender = ReferenceSender(templates, SEED)
    with receiver(tmp_path, "--templates", tmp_path, "--run-seed", str(SEED)) as peer:
        with exporter(peer.address) as client:
            client.export(sender.traces(0, keep=lambda index: index != 3))
            client.export(sender.traces(1))
            client.export(sender.metrics(0))
            client.export(sender.logs(0))
        report = _valid(peer.finish(number))
        output = peer.running.output()
    assert output.count("listening on") == 1
    assert output.startswith(f"listening on {peer.address}\n")
    assert "lost 1, duplicated 0, foreign 0" in output
    assert report["ledger"]["lost_ranges"] == [{"pass": 0, "first": 3, "count": 1}]
    assert report["checks"]["unresolved_parents"] == 1
    assert report["signals"]["traces"]["events"] == 2 * len(templates.spans) - 1
    assert report["signals"]["metrics"]["points"]["gauge"] == 2
    assert report["totals"]["requests"] == 4
    assert report["run"]["address"] == peer.address


def test_without_templates_it_checks_but_keeps_no_ledger(tmp_path: Path) -> None:
    sender = ReferenceSender(build_reference_set(), SEED)
    with receiver(tmp_path) as peer:
        with exporter(peer.address) as client:
            client.export(sender.traces(0))
            client.export(sender.traces(0))
        report = _valid(peer.finish())
    assert report["ledger"] is None
    assert report["checks"]["repeated_span_ids"] == 30
    # The last trace of the set has no root, and nobody can know that it never had one.
    assert report["checks"]["unresolved_parents"] == 2


def test_undecodable_requests_are_refused_counted_and_survived(tmp_path: Path) -> None:
    with receiver(tmp_path) as peer:
        with exporter(peer.address) as client:
            with pytest.raises(grpc.RpcError) as refused:
                client.export_bytes(_TRACES, b"\x0a\xff")
            assert client.export_bytes(_PROFILES, b"") == b""
        report = _valid(peer.finish())
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "not an OTLP traces request" in str(refused.value.details())
    assert [(each["signal"], each["count"]) for each in report["errors"]] == [("traces", 1)]
    assert report["signals"]["profiles"]["requests"] == 1


def test_unknown_methods_are_unimplemented(tmp_path: Path) -> None:
    with receiver(tmp_path) as peer, exporter(peer.address) as client:
        with pytest.raises(grpc.RpcError) as refused:
            client.export_bytes("/some.other.Service/Export", b"")
        assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_discard_counts_requests_and_bytes_only(tmp_path: Path) -> None:
    with receiver(tmp_path, "--discard") as peer:
        with exporter(peer.address) as client:
            for _ in range(3):
                assert client.export_bytes(_TRACES, b"\x0a\xff") == b""
        report = _valid(peer.finish())
    assert report["run"]["discard"] is True
    assert report["signals"]["traces"] == {"requests": 3, "bytes": 6, "events": None}
    assert report["checks"] is None


def test_the_message_limit_is_kept(tmp_path: Path) -> None:
    with receiver(tmp_path, "--discard", "--max-message-size", "1KB") as peer:
        with exporter(peer.address) as client:
            assert client.export_bytes(_TRACES, bytes(1_024)) == b""
            with pytest.raises(grpc.RpcError) as refused:
                client.export_bytes(_TRACES, bytes(1_025))
        report = peer.finish()
    assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert report["totals"]["requests"] == 1


def test_it_ends_by_itself_after_its_duration(tmp_path: Path) -> None:
    with receiver(tmp_path, "--duration", "200ms") as peer:
        assert peer.running.process.wait(10) == 0
        report = _valid(json.loads(peer.report_file.read_text()))
    assert 0.2 <= report["run"]["duration_seconds"] < 5


def test_a_port_in_use_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    with receiver(tmp_path) as peer:
        command = sender_command("receive", "--grpc", peer.address)
        with running("second", command, tmp_path / "second.log") as second:
            code = second.process.wait(10)
            output = second.output()
    assert code == 1
    place = f"error: --grpc {peer.address}: address already in use; "
    assert output == f"{place}choose another address, or port 0\n"


def test_a_chosen_port_is_kept(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    command = sender_command("receive", "--grpc", address, "--duration", "50ms")
    with running("receiver", command, tmp_path / "log") as started:
        assert started.process.wait(10) == 0
        assert started.output().startswith(f"listening on {address}\n")


def test_a_report_that_cannot_be_written_fails_the_run_after_the_summary(tmp_path: Path) -> None:
    """The directory is there at the start and gone at the end."""
    place = tmp_path / "reports"
    place.mkdir()
    options: list[str | Path] = ["--grpc", "127.0.0.1:0", "--report", place / "r.json"]
    with running("receiver", sender_command("receive", *options), tmp_path / "log") as started:
        started.wait_until("the bound address", lambda: "listening on" in started.output())
        place.rmdir()
        assert started.stop() == 1
        output = started.output()
    assert "received for" in output
    assert f"error: --report {place / 'r.json'}: not written: no such file or directory; " in output
    assert "Traceback" not in output
