"""The summary tells people what happened, on any output, and what to do about it."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from sender_results import make_config, make_result, make_stats, send
from telemetry_common.signals import Signal
from telemetry_sender.files.account import FileAccount, SinkAccount
from telemetry_sender.results.hints import hints
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.summary import summary
from telemetry_sender.sinks.delivery import Delivery


def shown(result: RunResult, width: int = 80) -> str:
    """Return the summary as it looks in a file: no terminal, no colours."""
    file = io.StringIO()
    Console(file=file, width=width, highlight=False).print(summary(result))
    return file.getvalue()


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def row(text: str, name: str) -> list[str]:
    """Return the cells of the row that starts with `name`."""
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return line.removeprefix(name).split()


def test_counters_stand_by_signal_and_in_total() -> None:
    text = shown(make_result())
    assert "run completed after 2.0s, seed 42" in text
    assert row(text, "events") == ["traces", "logs", "total"]
    assert row(text, "scheduled") == ["150", "37", "187"]
    assert row(text, "acked") == ["145", "0", "145"]
    assert row(text, "rejected") == ["5", "0", "5"]
    assert row(text, "failed") == ["0", "30", "30"]
    assert row(text, "retried") == ["0", "30", "30"]
    assert row(text, "dropped") == ["0", "7", "7"]
    assert row(text, "requests") == ["2", "2", "4"]
    assert row(text, "bytes") == ["14.6", "KB", "600", "B", "15.2", "KB"]
    assert row(text, "passes") == ["1.5", "-"]


def test_rare_counters_are_shown_only_where_there_were_any() -> None:
    stats = make_stats()
    assert "splits" not in shown(make_result(stats))
    stats.split(Signal.LOGS)
    assert row(shown(make_result(stats)), "splits") == ["0", "1", "1"]


def test_compression_and_the_accuracy_of_the_pace_are_shown() -> None:
    stats = RunStats([Signal.LOGS])
    stats.scheduled(Signal.LOGS, 19_900)
    stats.sent(Signal.LOGS, 19_900, 4 << 20)
    stats.answered(Signal.LOGS, 4 << 20, Delivery(wire_bytes=1 << 20), 0.1)
    stats.delivered(Signal.LOGS, 19_900, Delivery(), 0.1, 0.1)
    text = shown(make_result(stats))
    assert "wire: 4.0 MB as 1.0 MB, compressed 4.0 to 1" in text
    assert "pace: 99.5% of the schedule sent" in text


def test_of_files_their_size_is_told_and_no_wire() -> None:
    stats = RunStats([Signal.LOGS])
    stats.sent(Signal.LOGS, 1, 4 << 20)
    stats.answered(Signal.LOGS, 4 << 20, Delivery(wire_bytes=1 << 20), 0.1)
    stats.delivered(Signal.LOGS, 1, Delivery(), 0.1, 0.1)
    config = make_config(sinks={"name": "ndjson", "options": {"directory": "out"}})
    account = SinkAccount("ndjson", (FileAccount("out/a", "logs", 1 << 20, 1),))
    text = shown(replace(make_result(stats, config), sinks=(account,)))
    assert "ndjson: 1 record in 1 file, 1.0 MB" in text
    assert "wire" not in text


def test_the_limit_is_named_once() -> None:
    reached = RunStats([Signal.TRACES])
    send(reached, Signal.TRACES, 20_000)
    assert "limit: the rate that was asked for (100% of it was sent)" in shown(make_result(reached))
    missed = RunStats([Signal.TRACES])
    send(missed, Signal.TRACES, 5_000, millis=2000.0)
    text = shown(make_result(missed), 200)
    assert text.count("the endpoint (median answer") == 1


def test_latency_rate_and_usage_are_shown() -> None:
    text = shown(make_result())
    assert row(text, "latency, ms") == ["p50", "p90", "p99", "p99.9", "max"]
    assert row(text, "traces service")[0] == "2.0"
    assert row(text, "all response")[-1] == "750.1"
    assert "rate: 72/s accepted, 10,000/s intended" in text
    assert "sender: 1.0 s CPU (50% of a core), 50.0 MB resident at most" in text


def test_failures_are_listed_with_their_numbers() -> None:
    text = shown(make_result())
    assert ["logs", "UNAVAILABLE", "down", "1"] in words(text)
    assert ["traces", "PARTIAL_SUCCESS", "five", "too", "old", "1"] in words(text)


def test_a_clean_run_has_neither_failures_nor_hints() -> None:
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, 20_000)
    text = shown(make_result(stats))
    assert "code" not in text
    assert "hint" not in text


@pytest.mark.parametrize("events", [10**9, 10**15])
def test_no_digit_of_a_large_number_is_lost(events: int) -> None:
    stats = RunStats(Signal)
    for signal in Signal:
        send(stats, signal, events)
    assert "…" not in shown(make_result(stats))


def test_billions_of_events_fit_eighty_columns() -> None:
    stats = RunStats([Signal.TRACES, Signal.METRICS, Signal.LOGS])
    for signal in stats.signals:
        send(stats, signal, 10**9)
    text = shown(make_result(stats))
    assert row(text, "acked") == ["1,000,000,000"] * 3 + ["3,000,000,000"]


def test_a_receivers_message_is_shown_as_it_is() -> None:
    """Square brackets are markup to the table library, and data here."""
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, 1, Delivery("INTERNAL", message="[red]field [0] [/nope]"))
    assert "[red]field [0] [/nope]" in shown(make_result(stats))


def test_a_run_that_sent_nothing_has_a_summary() -> None:
    stats = RunStats([Signal.LOGS])
    text = shown(make_result(stats, outcome=Outcome.INTERRUPTED, duration_seconds=0.0))
    assert "run interrupted after 0.0s" in text
    assert row(text, "all service") == ["-"] * 5


def test_an_unlimited_run_intends_no_rate() -> None:
    config = make_config(sending={"rate_limit": {"events_per_second": 0}})
    result = make_result(config=config)
    assert "unlimited intended" in shown(result)
    assert not any("intended rate" in hint for hint in hints(result))


@pytest.mark.parametrize(("events", "missed"), [(9_400, True), (9_600, False), (10_100, False)])
def test_a_rate_below_95_percent_is_pointed_out(events: int, missed: bool) -> None:
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, events)
    found = hints(make_result(stats, duration_seconds=1.0))
    assert bool(found) == missed


def test_failures_are_not_taken_for_a_missed_rate() -> None:
    """All was sent in time; that the endpoint was down for a while is another matter."""
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, 5_000)
    send(stats, Signal.TRACES, 5_000, Delivery("UNAVAILABLE", message="down"))
    found = hints(make_result(stats, duration_seconds=1.0))
    assert [hint.partition(":")[0] for hint in found] == ["UNAVAILABLE"]


def test_a_run_too_short_to_have_a_rate_gets_no_hint() -> None:
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, 60)
    assert hints(make_result(stats, duration_seconds=0.9)) == []


def test_a_busy_core_blames_the_sender() -> None:
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, 5_000)
    (hint,) = hints(make_result(stats, cpu_seconds=0.95, duration_seconds=1.0))
    assert hint.startswith(
        "reached 50% of the intended rate; the likely limit is this sender's CPU (95% of a core)"
    )


def test_an_idle_sender_blames_the_endpoint() -> None:
    stats = RunStats([Signal.TRACES])
    for _ in range(40):
        send(stats, Signal.TRACES, 100, millis=250.0)
    (hint,) = hints(make_result(stats, cpu_seconds=0.2, duration_seconds=1.0))
    assert "the likely limit is the endpoint (median answer 250." in hint
    assert "10.0 of 10 requests in flight" in hint


def late(millis: float) -> RunResult:
    """Return a run in time whose requests were answered in a millisecond, but sent late."""
    stats = RunStats([Signal.TRACES])
    stats.scheduled(Signal.TRACES, 20_000)
    stats.sent(Signal.TRACES, 20_000, 1000)
    stats.delivered(Signal.TRACES, 20_000, Delivery(), 0.001, (1 + millis) / 1e3)
    return make_result(stats)


@pytest.mark.parametrize(("millis", "told"), [(2, False), (90, False), (150, True)])
def test_requests_that_went_out_late_are_pointed_out(millis: float, told: bool) -> None:
    """The rate was held, so nothing else in the summary says it."""
    assert any(hint.startswith("requests went out late") for hint in hints(late(millis))) == told


def test_a_sender_that_fills_the_memory_is_told_how_to_take_less() -> None:
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, 20_000)
    result = replace(make_result(stats), memory_bytes=60 << 20)
    (hint,) = hints(result)
    assert hint.startswith("memory: the sender held 50.0 MB of 60.0 MB; use a smaller set")
    assert hints(replace(result, memory_bytes=100 << 20)) == []
    assert hints(replace(result, processes=2)) == [], "they share what they have mapped"


def test_known_codes_come_with_advice_once() -> None:
    stats = make_stats()
    send(stats, Signal.LOGS, 1, Delivery("UNAVAILABLE", message="other words"))
    send(stats, Signal.LOGS, 20_000)
    found = hints(make_result(stats))
    assert found == [
        "UNAVAILABLE: nothing answered; check otlp.endpoint, and otlp.insecure against its TLS"
    ]
