"""When an endpoint counts as down, and what is said about it."""

from dataclasses import replace

import pytest

from telemetry_common.signals import Signal
from telemetry_sender.results.outage import Outage, merge_outages
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.results.watch.outage_lines import OutageLines
from telemetry_sender.sending.availability import IN_A_ROW, Availability, Gate
from telemetry_sender.sinks.delivery import Delivery

GONE = Delivery("UNAVAILABLE", message="connection refused", retryable=True)
BUSY = Delivery("UNAVAILABLE", retryable=True, retry_after_seconds=1.0)
SLOW = Delivery("DEADLINE_EXCEEDED", retryable=True)
CUT = Delivery("CANCELLED", retryable=True)
REFUSED = Delivery("INVALID_ARGUMENT")
OK = Delivery()


def gate_after(*answers: Delivery) -> Gate:
    gate = Gate()
    for second, answer in enumerate(answers):
        gate.heard(answer, float(second))
    return gate


def test_several_answers_in_a_row_that_nobody_is_there_close_the_gate() -> None:
    assert not gate_after(*[GONE] * (IN_A_ROW - 1)).is_down
    down = gate_after(OK, *[GONE] * IN_A_ROW)
    assert (down.is_down, down.since) == (True, 1.0)


@pytest.mark.parametrize("answer", [OK, REFUSED, BUSY], ids=["ok", "refused", "busy"])
def test_any_answer_shows_that_somebody_is_there(answer: Delivery) -> None:
    """Also one that asks to wait: that receiver is busy, not gone."""
    assert not gate_after(*[GONE] * (IN_A_ROW - 1), answer, GONE).is_down
    gate = gate_after(*[GONE] * (IN_A_ROW + 3), answer)
    assert (gate.is_down, gate.probes) == (False, 0)


@pytest.mark.parametrize("answer", [SLOW, CUT], ids=["deadline", "cut off"])
def test_no_answer_in_time_proves_neither(answer: Delivery) -> None:
    assert gate_after(*[GONE] * (IN_A_ROW - 1), answer, GONE).is_down
    assert gate_after(*[GONE] * IN_A_ROW, answer).is_down
    assert not gate_after(*[answer] * 50).is_down


def test_a_proxy_without_its_backend_counts_as_down() -> None:
    assert gate_after(*[Delivery("HTTP 502", retryable=True)] * IN_A_ROW).is_down
    assert not gate_after(*[Delivery("HTTP 429", retryable=True)] * IN_A_ROW).is_down


def test_signals_are_judged_apart() -> None:
    """Each may have an endpoint of its own."""
    availability = Availability(list(Signal), waits=True, on_failure=pytest.fail)
    for _ in range(IN_A_ROW):
        availability.gate(Signal.LOGS).heard(GONE, 3.0)
        availability.gate(Signal.TRACES).heard(OK, 3.0)
    availability.gate(Signal.LOGS).waiting = 4
    assert availability.outage() == Outage(3.0, frozenset({Signal.LOGS}), 4)


def test_only_requests_lost_in_a_row_fail_a_run_that_does_not_wait() -> None:
    failed: list[str] = []
    for waits, expected in ((True, []), (False, ["failed"])):
        availability = Availability(
            [Signal.LOGS], waits=waits, on_failure=lambda: failed.append("failed")
        )
        for answer in [GONE] * (IN_A_ROW - 1) + [OK] + [GONE] * (IN_A_ROW - 1) + [REFUSED]:
            availability.ended(Signal.LOGS, answer)
        assert not failed
        for _ in range(3 * IN_A_ROW):
            availability.ended(Signal.LOGS, GONE)
        assert failed == expected
        assert ("UNAVAILABLE" in availability.failure) is not waits


def seen(elapsed: float, outage: Outage | None) -> Sample:
    sample = RunStats([Signal.LOGS]).sample(elapsed, due=None, usage=ProcessUsage.none())
    return replace(sample, outage=outage)


def test_one_line_tells_of_an_outage_and_one_of_its_end() -> None:
    lines: list[str] = []
    observe = OutageLines("127.0.0.1:4317", 5.0, lines.append)
    down = Outage(10.0, frozenset({Signal.TRACES, Signal.LOGS}), 3)
    for second in range(10, 20):
        observe(seen(second, down))
    for second in range(20, 25):
        observe(seen(second, None))
    down_line = (
        "127.0.0.1:4317: nobody there for 1.0s; 3 requests of logs, traces wait, one of a signal "
        "tries again at least every 5.0s"
    )
    assert lines == [down_line, "127.0.0.1:4317 is back after 10.0s"]


def test_a_blink_is_not_worth_a_line() -> None:
    lines: list[str] = []
    observe = OutageLines("there", 5.0, lines.append)
    for second in range(5):
        observe(seen(second, Outage(second - 0.5, frozenset({Signal.LOGS}), 1)))
        observe(seen(second + 0.4, None))
    assert lines == []


def test_outages_of_several_processes_are_one() -> None:
    parts = [
        Outage(4.0, frozenset({Signal.LOGS}), 1),
        None,
        Outage(2.0, frozenset({Signal.TRACES}), 5),
    ]
    assert merge_outages(parts) == Outage(2.0, frozenset({Signal.LOGS, Signal.TRACES}), 6)
    assert merge_outages([None, None]) is None
