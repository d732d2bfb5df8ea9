"""The graph of calls: cycles, depth, and the number of spans that a request makes."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_generator.world.call_graph import expected_spans, find_cycle, longest_chain
from telemetry_generator.world.model import Call, Fault, Latency, Operation, Protocol

_CALLS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(0, 1_000_000)), max_size=3
)


def operation(
    number: int,
    calls: Sequence[Call] = (),
    protocol: Protocol = Protocol.HTTP,
    error_per_million: int = 0,
) -> Operation:
    return Operation(
        number=number,
        service=number,
        protocol=protocol,
        method="GET",
        target="/",
        latency=Latency(1000, 600),
        error_per_million=error_per_million,
        fault=Fault("Error", "failed", "500"),
        calls=tuple(calls),
    )


def graph(*callees: Sequence[int]) -> list[Operation]:
    """Return operations that each call these others."""
    return [
        operation(number, [Call((callee,), (1,)) for callee in each])
        for number, each in enumerate(callees)
    ]


def spans(operations: Sequence[Operation], max_depth: int) -> float:
    return expected_spans(operations, [0], [1], max_depth)


def test_a_circle_is_shown_in_the_order_of_its_calls() -> None:
    found = find_cycle(graph([1], [2], [3], [1]))
    assert found[0] == found[-1]
    assert sorted(found[1:]) == [1, 2, 3]
    assert all((a, b) in {(1, 2), (2, 3), (3, 1)} for a, b in pairwise(found))


def test_an_operation_that_calls_itself_is_a_circle() -> None:
    assert find_cycle(graph([0])) == [0, 0]


@pytest.mark.parametrize("call", [Call((0,), (1,), per_million=0), Call((0,), (1,), 10, 0, 0)])
def test_a_call_that_never_happens_is_no_circle(call: Call) -> None:
    assert find_cycle([operation(0, [call])]) == []


def test_the_longest_chain_counts_calls() -> None:
    assert longest_chain(graph([])) == 0
    assert longest_chain(graph([1, 2], [2], [3], [])) == 3


def test_a_long_chain_is_no_problem() -> None:
    """As deep as a recursion could not go."""
    operations = graph(*([number + 1] for number in range(3_000)), [])
    assert longest_chain(operations) == 3_000
    assert spans(operations, 3_000) == 1 + 2 * 3_000


def test_the_root_is_one_span_and_a_call_to_a_traced_service_two() -> None:
    operations = [
        operation(0, [Call((1,), (1,)), Call((2,), (1,)), Call((3,), (1,))]),
        operation(1, protocol=Protocol.RPC),
        operation(2, protocol=Protocol.DATABASE),
        operation(3, protocol=Protocol.INTERNAL),
    ]
    assert spans(operations, 1) == 1 + 2 + 1 + 1


def test_probability_count_weights_and_retries_are_taken_into_account() -> None:
    call = Call((1, 2), (3, 1), per_million=500_000, fewest=1, most=3, retries=2)
    operations = [
        operation(0, [call]),
        operation(1, error_per_million=500_000),
        operation(2, protocol=Protocol.CACHE),
    ]
    attempts = 1 + 0.5 + 0.25
    assert spans(operations, 1) == pytest.approx(1 + 0.5 * 2 * (0.75 * 2 * attempts + 0.25))


def test_depth_ends_a_circle() -> None:
    assert spans(graph([0]), 7) == 1 + 2 * 7


def test_a_number_too_large_is_infinite() -> None:
    again = Call((0,), (1,), fewest=10_000, most=10_000)
    assert spans([operation(0, [again])], 100) == float("inf")


@given(st.lists(_CALLS, min_size=5, max_size=5), st.integers(0, 4))
def test_expected_spans_agree_with_following_every_call(
    calls: list[list[tuple[int, int, int]]], depth: int
) -> None:
    operations = [
        operation(number, [Call((callee,), (1,), chance, 1, most) for callee, most, chance in each])
        for number, each in enumerate(calls)
    ]

    def follow(number: int, left: int) -> float:
        if not left:
            return 2
        return 2 + sum(
            call.per_million / 1e6 * (1 + call.most) / 2 * follow(call.operations[0], left - 1)
            for call in operations[number].calls
        )

    assert spans(operations, depth) == pytest.approx(follow(0, depth) - 1)
