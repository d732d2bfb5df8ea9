"""The retry budget: retries stay in proportion to requests, whatever comes in which order."""

from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.sending.budget import RetryBudget


@given(
    share=st.floats(0.01, 3), reserve=st.integers(0, 50),
    calls=st.lists(st.booleans(), max_size=300),
)  # fmt: skip
def test_retries_are_at_most_the_reserve_and_a_share_of_the_requests(
    share: float, reserve: int, calls: list[bool]
) -> None:
    budget, requests, retries = RetryBudget(share, reserve), 0, 0
    for is_request in calls:
        if is_request:
            budget.earn()
            requests += 1
        else:
            retries += budget.spend()
        assert retries <= reserve + share * requests + 1e-6


def test_a_fifth_allows_a_retry_for_every_five_requests() -> None:
    """Exactly, however many, although a fifth is no binary fraction."""
    budget, allowed = RetryBudget(0.2, 1), 0
    assert budget.spend()
    for _ in range(1000):
        for _ in range(5):
            budget.earn()
        allowed += budget.spend()
        assert not budget.spend()
    assert allowed == 1000


def test_what_is_saved_is_no_more_than_the_reserve() -> None:
    budget = RetryBudget(0.2, 10)
    for _ in range(1000):
        budget.earn()
    assert sum(budget.spend() for _ in range(1000)) == 10


def test_without_a_share_there_is_no_limit() -> None:
    budget = RetryBudget(0.0, 0)
    assert all(budget.spend() for _ in range(1000))
