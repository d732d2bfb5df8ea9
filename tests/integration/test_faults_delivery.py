"""A real sender against every fault of the receiver, over every protocol: the counts add up."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from integration.delivery import SEED, generate, send
from receivers import ANY_PORT, ReceiverProcess, receiving
from telemetry_common.signals import Signal

PROTOCOLS = ["grpc", "http/protobuf", "http/json"]
SIGNALS = ("traces", "metrics", "logs")

# Small requests, so that there are many to strike; quick retries without a limit on how many.
_SETTINGS = [
    "sending.multiplier=2",
    "sending.batch_size.traces=4",
    "sending.batch_size.metrics=60",
    "sending.batch_size.logs=60",
    "sending.retry.initial_backoff=0.01",
    "sending.retry.max_attempts=20",
    "sending.retry.budget=0",
]


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("templates"), "traces.count=100")


class Run:
    """A replay through faults: the reports of both sides."""

    def __init__(self, templates: Path, peer: ReceiverProcess, protocol: str, *more: str) -> None:
        address = peer.grpc if protocol == "grpc" else peer.http
        settings = (*_SETTINGS, f"otlp.protocol={protocol}", *more)
        report = send(templates, address, *settings)
        self.sender: dict[str, Any] = json.loads(report.read_text())
        self.receiver = peer.finish()

    def sent(self, signal: str) -> dict[str, int]:
        """Return what the sender says of a signal."""
        found: dict[str, int] = self.sender["signals"][signal]
        return found

    def received(self, signal: str) -> int:
        """Return how many events of a signal arrived, duplicates included."""
        return int(self.receiver["signals"][signal]["events"])

    def assert_struck(self, faults: Sequence[str]) -> None:
        """Check that there was something of every fault to survive."""
        names = {re.split("[=,]", each)[0] for each in faults}
        assert set(self.receiver["faults"]["requests"]) == names

    def assert_nothing_unaccounted(self) -> None:
        """Every event of the sender has one outcome, and none that it calls acked is missing."""
        for signal in SIGNALS:
            counts = self.sent(signal)
            outcomes = [counts[name] for name in ("acked", "rejected", "failed", "dropped")]
            assert counts["scheduled"] == sum(outcomes), signal
        spans, ledger = self.sent("traces"), self.receiver["ledger"]
        assert ledger["foreign"] == 0
        unknown = spans["failed"] + spans["rejected"]
        assert spans["acked"] <= ledger["unique"] <= spans["acked"] + unknown
        assert self.received("traces") == ledger["unique"] + ledger["duplicated"]


def _run(templates: Path, tmp_path: Path, protocol: str, *faults: str, more: str = "") -> Run:
    options = [part for each in faults for part in ("--fault", each)]
    known = ("--templates", templates, "--run-seed", str(SEED))
    with receiving(tmp_path, *known, *options, http=ANY_PORT) as peer:
        return Run(templates, peer, protocol, *filter(None, [more]))


# By number, so that each strikes for certain, whatever the order of the requests.
_REFUSING = (
    "delay=1ms..40ms,nth=3",
    "stall=100ms,every=300ms",
    "slow-read=30ms,nth=5",
    "unavailable,nth=6",
    "resource-exhausted,retry-after=20ms,first=2",
    "503,nth=11",
    "invalid-argument,nth=13",
    "reject=3,nth=8",
    "reject=20%,nth=17",
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_whatever_is_refused_both_sides_agree(
    templates: Path, tmp_path: Path, protocol: str
) -> None:
    """Not one event more or less arrived than the sender calls acked, nor was rejected."""
    run = _run(templates, tmp_path, protocol, *_REFUSING)
    run.assert_struck(_REFUSING)
    run.assert_nothing_unaccounted()
    for signal in SIGNALS:
        assert run.received(signal) == run.sent(signal)["acked"], signal
        rejected = run.receiver["faults"]["rejected_events"].get(signal, 0)
        assert rejected == run.sent(signal)["rejected"], signal
    assert run.sent("logs")["failed"] > 0
    assert run.receiver["ledger"]["duplicated"] == 0


_UNCERTAIN = ("answer-lost,nth=9", "close,nth=16", "hang,nth=25", "garbage,nth=13")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_where_the_sender_cannot_know_nothing_is_lost_either(
    templates: Path, tmp_path: Path, protocol: str
) -> None:
    """What was taken without an answer comes again; what was answered with garbage failed."""
    run = _run(templates, tmp_path, protocol, *_UNCERTAIN, more="otlp.timeout=500ms")
    run.assert_struck(_UNCERTAIN)
    run.assert_nothing_unaccounted()
    ledger, spans = run.receiver["ledger"], run.sent("traces")
    assert ledger["unique"] == spans["acked"] + spans["failed"] == spans["scheduled"]
    assert sum(map(run.received, SIGNALS)) > sum(run.sent(each)["scheduled"] for each in SIGNALS)
    assert {each["code"] for each in run.sender["errors"]} == {"INTERNAL"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_server_that_freezes_shows_in_response_times_and_not_in_service_times(
    templates: Path, tmp_path: Path, protocol: str
) -> None:
    """Frozen for a quarter of the time: what waited its turn meanwhile would go unseen.

    Few requests are in flight when it freezes, so of those sent hardly any took long.
    """
    with receiving(tmp_path, "--fault", "stall=500ms,every=2s,from=1s", http=ANY_PORT) as peer:
        address = peer.grpc if protocol == "grpc" else peer.http
        settings = ("sending.duration=5s", "sending.rate_limit.events_per_second=3000")
        batches = ("sending.batch_size.traces=2", f"otlp.protocol={protocol}")
        report = send(templates, address, *settings, *batches, signals=[Signal.TRACES])
    sender = json.loads(report.read_text())
    latency = sender["signals"]["traces"]["latency_ms"]
    assert latency["response"]["p90"] > 150
    assert latency["service"]["p90"] < latency["response"]["p90"] / 2
    # Held back, not lost: the rate is made up for.
    assert sender["signals"]["traces"]["acked"] == sender["signals"]["traces"]["scheduled"]
