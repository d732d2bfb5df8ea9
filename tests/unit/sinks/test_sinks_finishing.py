"""At the end of a run its files are completed, and what is in none of them has failed."""

from dataclasses import dataclass, field
from pathlib import Path

from replays import RecordingSink
from sender_results import send
from telemetry_common.signals import Signal
from telemetry_sender.files.account import FileAccount, SinkAccount, together
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sinks.finishing import finish_sinks
from telemetry_sender.sinks.several import SeveralSinks

FILE = FileAccount("a.ndjson", "traces", 100, 7)


@dataclass
class Leaving(RecordingSink):
    """Leaves an account."""

    account: SinkAccount = field(default_factory=lambda: SinkAccount("leaving"))
    directory: Path = Path()

    def weigh(self, signal: Signal, payload: bytes) -> int:  # noqa: ARG002
        """Return its length."""
        return len(payload)

    async def finish(self) -> SinkAccount:
        """Return the account."""
        return self.account


async def test_sinks_without_files_have_no_account() -> None:
    stats = RunStats([Signal.TRACES])
    assert await finish_sinks(RecordingSink(), stats) == ()


async def test_lost_events_have_failed_and_the_law_of_counts_holds() -> None:
    stats = RunStats([Signal.TRACES, Signal.LOGS])
    send(stats, Signal.TRACES, 100)
    send(stats, Signal.LOGS, 50)
    kept = SinkAccount("kept", (FILE,))
    broken = SinkAccount("broken", (), "out: no space left on device", {"traces": 30})
    sink = SeveralSinks([RecordingSink(), Leaving(account=kept), Leaving(account=broken)])
    assert await finish_sinks(sink, stats) == (kept, broken)
    traces, logs = stats.of(Signal.TRACES), stats.of(Signal.LOGS)
    assert (traces.acked, traces.failed, traces.in_flight) == (70, 30, 0)
    assert (logs.acked, logs.failed) == (50, 0)
    assert [(row.code, row.message) for row in stats.failures()] == [
        ("LOST", "out: no space left on device")
    ]


def test_accounts_of_processes_are_put_together_sink_by_sink() -> None:
    other = FileAccount("b.ndjson", "traces", 50, 3)
    csv = SinkAccount("csv", (FILE,), "full", {"logs": 2})
    (first, second) = together(
        [(SinkAccount("ndjson", (FILE,)), csv), (), (SinkAccount("ndjson", (other,)), csv)]
    )
    assert (first.name, first.files, first.bytes, first.records) == (
        "ndjson", (FILE, other), 150, 10,
    )  # fmt: skip
    assert (second.problem, second.lost) == ("full", {"logs": 4})
    assert together([]) == ()
