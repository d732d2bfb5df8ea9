"""A capacity is kept exactly over any sizes of requests, waiting or refusing."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.receiver.capacity import Capacity, Limit, Mode

AMOUNTS = st.lists(st.integers(1, 5_000), min_size=1, max_size=200)


@given(AMOUNTS, st.floats(1, 1e6))
def test_queued_work_ends_after_exactly_its_time(amounts: list[int], rate: float) -> None:
    capacity = Capacity(Limit(rate))
    ends = [capacity.admit(0.0, each).seconds for each in amounts]
    assert abs(ends[-1] - sum(amounts) / rate) < 1e-6 * (1 + ends[-1])
    assert ends == sorted(ends)


def test_idle_time_is_not_saved_up() -> None:
    capacity = Capacity(Limit(10.0))
    assert capacity.admit(100.0, 5).seconds == 0.5
    assert capacity.admit(100.25, 5).seconds == 0.75
    assert capacity.admit(200.0, 5).seconds == 0.5


@given(st.integers(10, 3_000))
def test_under_overload_refusing_lets_through_the_capacity_and_no_more(amount: int) -> None:
    """Asked 20 times as often as it can, for 60 seconds."""
    rate = 1_000.0
    capacity = Capacity(Limit(rate, mode=Mode.REFUSE, burst=0.05))
    step = amount / rate / 20
    admitted = sum(
        capacity.admit(number * step, amount).admitted for number in range(round(60 / step))
    )
    extra = rate * 0.05 + amount
    assert 60 * rate - amount - 1 <= admitted * amount <= 60 * rate + extra + 1


def test_who_comes_again_when_told_is_let_through() -> None:
    capacity = Capacity(Limit(100.0, mode=Mode.REFUSE, burst=0.0))
    assert capacity.admit(0.0, 50).admitted
    refused = capacity.admit(0.1, 50)
    assert (refused.admitted, refused.seconds) == (False, 0.4)
    assert capacity.admit(0.1 + refused.seconds, 50).admitted
