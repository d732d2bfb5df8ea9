"""What the summary says of the bounds that requests ran into."""

import pytest

from sender_results import make_result, make_stats, send
from telemetry_common.signals import Signal
from telemetry_sender.results.hints import hints
from telemetry_sender.results.stats import RunStats


def plain() -> RunStats:
    stats = RunStats([Signal.TRACES])
    send(stats, Signal.TRACES, 100)
    return stats


def test_no_bound_was_met() -> None:
    assert not any("budget" in each or "parts" in each for each in hints(make_result(make_stats())))


def test_a_spent_retry_budget_is_told() -> None:
    stats = plain()
    for _ in range(1234):
        stats.refused_retry(Signal.TRACES)
    assert any("1,234 requests failed without" in each for each in hints(make_result(stats)))


def test_requests_sent_in_parts_are_told() -> None:
    stats = plain()
    stats.split(Signal.TRACES)
    assert any("otlp.max_message_size" in each for each in hints(make_result(stats)))


@pytest.mark.parametrize("deferred", [True, False])
def test_late_spans_that_were_never_sent_are_told(deferred: bool) -> None:
    """Those that were dropped for another reason are not."""
    stats = plain()
    stats.dropped(Signal.TRACES, 7, deferred=deferred)
    assert any("7 late spans" in each for each in hints(make_result(stats))) is deferred
