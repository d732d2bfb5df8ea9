"""Endpoints that go away under load and come back: the run waits, recovers, and loses nothing."""

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from core_support import copy_committed
from integration.processes import Running, find_otelcol, free_port, otelcol, running, sender_command
from receivers import receiving
from telemetry_common.manifest import load_manifest

SIGNALS = ("traces", "metrics", "logs")
PASSES = 30
# Some requests have been answered when an endpoint has worked for so long (ticks of 10 ms).
WORKED_TICKS = 8


@contextmanager
def sending(
    directory: Path, protocol: str, endpoint: str, *settings: str, **options: Any
) -> Iterator[Running]:
    """Run a replay of about four seconds."""
    copy_committed(directory)
    config = directory / "sender.yaml"
    content = {
        "input": {name: str(directory / f"small-{name}.pb") for name in SIGNALS},
        "otlp": {"endpoint": endpoint, "insecure": True, "protocol": protocol},
        "sending": {
            "multiplier": PASSES,
            "rate_limit": {"events_per_second": PASSES * per_pass(directory) / 4},
            "batch_size": {"traces": 2, "metrics": 20, "logs": 10},
            "retry": {"max_backoff": "0.5s"},
            **options,
        },
    }
    config.write_text(yaml.safe_dump(content))
    command = sender_command("--config", config, "--report", directory / "sender.json", *settings)
    with running("sender", command, directory / "sender.txt") as started:
        yield started


def per_pass(directory: Path) -> int:
    files = load_manifest(directory / "small-metadata.yaml").files
    return sum(file.events for signal, file in files.items() if signal in SIGNALS)


def under_load(endpoint: Running, sender: Running) -> None:
    """Wait until the endpoint has answered requests of the sender."""
    sender.wait_until("its start", lambda: "sending to" in sender.output())
    before = endpoint.cpu_ticks()
    endpoint.wait_until("load", lambda: endpoint.cpu_ticks() - before >= WORKED_TICKS)


def kill(process: Running) -> None:
    process.process.kill()
    process.process.wait()


def outcome(directory: Path) -> dict[str, Any]:
    """Return the sender's report, whose counts add up."""
    report: dict[str, Any] = json.loads((directory / "sender.json").read_text())
    for counts in (report["totals"], *report["signals"].values()):
        known = ("acked", "rejected", "failed", "dropped")
        assert counts["scheduled"] == sum(counts[name] for name in known)
    return report


def received(report: dict[str, Any]) -> int:
    return sum(each["events"] for each in report["signals"].values())


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf", "http/json"])
def test_a_run_recovers_when_its_receiver_is_restarted(tmp_path: Path, protocol: str) -> None:
    """What the two receivers took is what was accepted, and at most what was retried besides."""
    port = f"127.0.0.1:{free_port()}"
    places: dict[str, Any] = {"grpc": port} if protocol == "grpc" else {"grpc": None, "http": port}

    def listen() -> Any:
        return receiving(tmp_path, **places)

    with listen() as first:
        endpoint = first.grpc if protocol == "grpc" else first.http
        with sending(tmp_path, protocol, endpoint) as sender:
            under_load(first.running, sender)
            before = received(first.finish())
            sender.wait_until("the outage", lambda: "nobody there" in sender.output())
            with listen() as second:
                assert sender.process.wait(60) == 0
                after = received(second.finish())
    assert "is back after" in sender.output()
    report = outcome(tmp_path)
    totals = report["totals"]
    assert report["outcome"] == "completed"
    assert totals["acked"] == totals["scheduled"] == PASSES * per_pass(tmp_path)
    assert min(before, after) > 0
    assert totals["acked"] <= before + after <= totals["acked"] + totals["retried"]


def test_a_receiver_that_is_killed_takes_nothing_with_it_that_is_not_sent_again(
    tmp_path: Path,
) -> None:
    port = f"127.0.0.1:{free_port()}"
    with receiving(tmp_path, grpc=port) as first, sending(tmp_path, "grpc", port) as sender:
        under_load(first.running, sender)
        kill(first.running)
        sender.wait_until("the outage", lambda: "nobody there" in sender.output())
        with receiving(tmp_path, grpc=port):
            assert sender.process.wait(60) == 0
    totals = outcome(tmp_path)["totals"]
    assert totals["acked"] == PASSES * per_pass(tmp_path)
    assert totals["retried"] > 0


def test_a_run_that_is_not_to_wait_ends_with_an_error_and_a_whole_report(tmp_path: Path) -> None:
    port = f"127.0.0.1:{free_port()}"
    failing = {"when_down": "fail", "retry": {"max_attempts": 2, "max_backoff": "0.2s"}}
    with (
        receiving(tmp_path, grpc=port) as peer,
        sending(tmp_path, "grpc", port, **failing) as sender,
    ):
        under_load(peer.running, sender)
        kill(peer.running)
        assert sender.process.wait(60) == 1
    last = sender.output().strip().splitlines()[-1]
    assert last.startswith("error: 5 requests of ")
    assert "sending.when_down" in last
    report = outcome(tmp_path)
    assert report["outcome"] == "failed"
    assert report["totals"]["acked"] > 0


@pytest.mark.collector
@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_a_run_recovers_when_the_collector_is_restarted(tmp_path: Path, protocol: Any) -> None:
    """Killed in mid-work, and started again on the same port."""
    binary = find_otelcol()
    if binary is None:
        pytest.skip("there is no Collector; build one with tests/integration/collector/build")
    port = free_port()
    start: Callable[[], Any] = lambda: otelcol(binary, tmp_path, None, protocol, port=port)  # noqa: E731
    spoken = "grpc" if protocol == "grpc" else "http/protobuf"
    with start() as (first, address), sending(tmp_path, spoken, f"http://{address}") as sender:
        under_load(first, sender)
        kill(first)
        sender.wait_until("the outage", lambda: "nobody there" in sender.output())
        with start():
            assert sender.process.wait(60) == 0
    totals = outcome(tmp_path)["totals"]
    assert totals["acked"] == totals["scheduled"] == PASSES * per_pass(tmp_path)


def test_a_stop_during_an_outage_ends_the_run_at_once(tmp_path: Path) -> None:
    port = f"127.0.0.1:{free_port()}"
    with receiving(tmp_path, grpc=port) as peer, sending(tmp_path, "grpc", port) as sender:
        under_load(peer.running, sender)
        kill(peer.running)
        sender.wait_until("the outage", lambda: "nobody there" in sender.output())
        assert sender.stop(signal.SIGINT) == 0
    report = outcome(tmp_path)
    assert report["outcome"] == "interrupted"
    assert report["totals"]["acked"] > 0
