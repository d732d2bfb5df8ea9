"""Completes what the sinks of a run leave behind, before its result is drawn up."""

from telemetry_common.signals import Signal
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.local import LocalSink
from telemetry_sender.sinks.several import leaf_sinks


async def finish_sinks(sink: Sink, stats: RunStats) -> tuple[SinkAccount, ...]:
    """Complete all files; return what each sink that has any left behind.

    Events that are in none of its complete files have failed, although it had taken them.
    """
    accounts = [await each.finish() for each in leaf_sinks(sink) if isinstance(each, LocalSink)]
    for account in accounts:
        for signal, events in account.lost.items():
            stats.lost(Signal(signal), events, account.problem)
    return tuple(accounts)
