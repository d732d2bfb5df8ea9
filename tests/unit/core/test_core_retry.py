"""When to try again, and how whole numbers are shared out."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.signals import Signal
from telemetry_sender.config.retry import RetryConfig
from telemetry_sender.sending.retry import Backoff
from telemetry_sender.sending.shares import apportion, share_workers
from telemetry_sender.sinks.delivery import Delivery

DOWN = Delivery("UNAVAILABLE", retryable=True)
weights = st.dictionaries(
    st.sampled_from(list(Signal)), st.integers(0, 10**9), min_size=1
).filter(lambda each: sum(each.values()) > 0)  # fmt: skip


def backoff(random: float = 1.0, max_attempts: int = 100) -> Backoff:
    return Backoff(max_attempts, initial_seconds=0.1, max_seconds=5.0, random=lambda: random)


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [backoff().pause(attempts, DOWN) for attempts in range(1, 9)]
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


@given(attempts=st.integers(1, 99_999), random=st.floats(0, 1))
def test_jitter_is_full_and_no_number_of_attempts_is_too_many(attempts: int, random: float) -> None:
    ceiling = backoff(1.0, 10**6).pause(attempts, DOWN)
    assert ceiling is not None
    assert backoff(random, 10**6).pause(attempts, DOWN) == ceiling * random <= 5.0


@pytest.mark.parametrize("delay", [0.0, 0.01, 600.0])
def test_the_receivers_delay_comes_before_the_backoff(delay: float) -> None:
    """Zero included: it means at once."""
    throttled = Delivery("UNAVAILABLE", retryable=True, retry_after_seconds=delay)
    assert backoff().pause(3, throttled) == delay


def test_there_is_no_further_attempt_after_the_last() -> None:
    assert backoff(max_attempts=3).pause(2, DOWN) is not None
    assert backoff(max_attempts=3).pause(3, DOWN) is None
    assert backoff(max_attempts=1).pause(1, DOWN) is None


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(),
        Delivery(rejected=5, message="too old"),
        Delivery("INTERNAL", retry_after_seconds=1.0),
    ],
)
def test_only_retryable_failures_are_tried_again(delivery: Delivery) -> None:
    assert backoff().pause(1, delivery) is None


@given(total=st.integers(0, 10**12), weights=weights)
def test_shares_add_up_and_are_within_one_of_the_exact_proportion(
    total: int, weights: dict[Signal, int]
) -> None:
    parts = apportion(total, weights)
    assert sum(parts.values()) == total
    whole = sum(weights.values())
    for signal, part in parts.items():
        assert abs(part * whole - total * weights[signal]) < whole


@given(concurrency=st.integers(1, 1000), weights=weights)
def test_every_signal_has_a_worker(concurrency: int, weights: dict[Signal, int]) -> None:
    workers = share_workers(concurrency, weights)
    assert workers.keys() == weights.keys()
    assert min(workers.values()) >= 1
    assert sum(workers.values()) <= concurrency + len(weights) - 1


def test_a_receivers_delay_is_cut_to_the_longest_that_is_obeyed() -> None:
    """Else it could stop a run for a year."""
    bounded = replace(backoff(), max_server_seconds=60.0)
    for delay, pause in ((59.0, 59.0), (61.0, 60.0), (3e7, 60.0)):
        throttled = Delivery("UNAVAILABLE", retryable=True, retry_after_seconds=delay)
        assert bounded.pause(1, throttled) == pause


def test_no_attempt_begins_when_the_time_of_a_request_is_over() -> None:
    """The fourth attempt would begin 0.4 s after the third ended."""
    bounded = replace(backoff(), max_elapsed_seconds=10.0)
    assert bounded.pause(3, DOWN, elapsed=9.6) == 0.4
    assert bounded.pause(3, DOWN, elapsed=9.7) is None


def test_the_configuration_says_all_bounds() -> None:
    configured = Backoff.of(RetryConfig(max_server_delay=7.0, max_elapsed=0.0), lambda: 1.0)
    assert configured.max_server_seconds == 7.0
    assert configured.pause(4, DOWN, elapsed=1e9) == 0.8
