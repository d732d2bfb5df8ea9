"""Every fault of the receiver over every protocol: the run ends well and every event is counted."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core_support import COMMITTED_SIGNALS, copy_committed
from receivers import ANY_PORT, ReceiverProcess, receiving
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.run import run

PROTOCOLS = ("grpc", "http/protobuf", "http/json")

# What the receiver says it took is exactly what the sender saw accepted.
CERTAIN = (
    "delay=20ms..80ms",
    "stall=300ms,every=400ms",
    "slow-read=100ms,probability=0.2",
    "unavailable,probability=0.3",
    "unavailable,retry-after=50ms,probability=0.3",
    "resource-exhausted,probability=0.3",
    "429,retry-after=50ms,probability=0.2",
    "502,probability=0.2",
    "503,first=40",
    "deadline-exceeded,probability=0.2",
    "invalid-argument,probability=0.3",
    "413,nth=7",
    "internal",
    "reject=10%,signal=traces",
    "reject=3,signal=logs",
)
# The answer does not arrive, or says nothing: what was taken may be sent again, or given up.
UNCERTAIN = (
    "close,probability=0.1",
    "answer-lost,probability=0.1",
    "garbage,probability=0.2",
    "hang,nth=25",
)


def replayed(
    templates: Path, peer: ReceiverProcess, protocol: str, timeout_seconds: float
) -> RunResult:
    """Send small requests for a moment."""
    config = SenderConfig.model_validate(
        {
            "input": {str(name): templates / f"small-{name}.pb" for name in COMMITTED_SIGNALS},
            "otlp": {
                "endpoint": peer.grpc if protocol == "grpc" else peer.http,
                "insecure": True,
                "protocol": protocol,
                "timeout": timeout_seconds,
            },
            "sending": {
                "duration": "0.6s",
                "rate_limit": {"events_per_second": 20_000},
                "batch_size": {"traces": 2, "metrics": 20, "logs": 10},
                "retry": {"initial_backoff": "0.01s", "max_backoff": "0.1s"},
                "grace_period": "10s",
            },
        }
    )
    return run(config, seed=3, environ=os.environ, out=lambda _: None)


def assert_accounted(result: RunResult) -> None:
    assert result.outcome is Outcome.COMPLETED
    for signal in result.stats.signals:
        counters = result.stats.of(signal)
        assert counters.in_flight == 0
        assert counters.scheduled == counters.sent + counters.dropped
    assert result.stats.totals().requests > 0


@pytest.mark.parametrize("fault", [*CERTAIN, *UNCERTAIN])
def test_counts_add_up_whatever_the_receiver_does(tmp_path: Path, fault: str) -> None:
    """One receiver, and a run over each protocol, one after another."""
    copy_committed(tmp_path)
    accepted: Counter[str] = Counter()
    # Whoever gives up too early sends again what has arrived: on a busy machine, too.
    timeout = 0.5 if fault.startswith("hang") else 20.0
    with receiving(tmp_path, "--fault", fault, "--fault-seed", "7", http=ANY_PORT) as peer:
        for protocol in PROTOCOLS:
            result = replayed(tmp_path, peer, protocol, timeout)
            assert_accounted(result)
            for signal in result.stats.signals:
                accepted[str(signal)] += result.stats.of(signal).acked
        report = peer.finish()
    assert sum(report["faults"]["requests"].values()) > 0
    for name, events in accepted.items():
        received: Any = report["signals"][name]["events"]
        assert received >= events
        if fault in CERTAIN:
            assert received == events
