"""Children are compared with their parents, and repeated ids are noticed, within bounds."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_sender.receiver.span_window import SpanWindow
from telemetry_sender.receiver.spans import span_columns


def _span(number: int, parent: int = 0, start: int = 10, end: int = 20, trace: int = 1) -> Span:
    return Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        start_time_unix_nano=start,
        end_time_unix_nano=end,
    )


def _window(requests: list[list[Span]], generation_spans: int = 1 << 18) -> SpanWindow:
    window = SpanWindow(generation_spans)
    for spans in requests:
        window.add(span_columns(spans))
    window.close()
    return window


@dataclass(frozen=True)
class Case:
    child: Span
    outside: int


@pytest.mark.parametrize(
    "case",
    [
        Case(_span(2, 1, 10, 20), 0),
        Case(_span(2, 1, 11, 19), 0),
        Case(_span(2, 1, 9, 20), 1),
        Case(_span(2, 1, 10, 21), 1),
        Case(_span(2, 1, 9, 21), 1),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_a_child_must_lie_inside_its_parent(case: Case, together: bool) -> None:
    """In the parent's request or in a later one."""
    requests = [[_span(1), case.child]] if together else [[_span(1)], [case.child]]
    counts = _window(requests).counts
    assert counts.children_outside_parents == case.outside
    assert counts.children_compared == 1
    assert counts.children_without_parent == 0


def test_a_parent_in_another_trace_is_no_parent() -> None:
    counts = _window([[_span(1, trace=2), _span(2, 1)]]).counts
    assert (counts.children_without_parent, counts.children_compared) == (1, 0)


def test_the_same_span_id_in_two_traces_is_not_repeated() -> None:
    assert _window([[_span(1), _span(1, trace=2)]]).counts.repeated_span_ids == 0


@given(
    order=st.permutations(range(1, 13)),
    missing=st.sets(st.integers(1, 12)),
    batch=st.integers(1, 12),
    generation=st.integers(12, 40),
)
def test_order_and_batches_do_not_matter_within_a_generation(
    order: list[int], missing: set[int], batch: int, generation: int
) -> None:
    """Span n is the child of n // 2, a tree; span 5 and 9 stick out of their parents."""
    spans = [
        _span(n, n // 2, start=8 if n in (5, 9) else 10 + n) for n in order if n not in missing
    ]
    requests = [spans[start : start + batch] for start in range(0, len(spans), batch)]
    counts = _window(requests, generation).counts
    here = set(range(1, 13)) - missing
    children = {n for n in here if n > 1}
    paired = {n for n in children if n // 2 in here}
    assert counts.children_compared == len(paired)
    assert counts.children_without_parent == len(children - paired)
    assert counts.children_outside_parents == len({5, 9} & paired)
    assert counts.repeated_span_ids == 0


@given(distance=st.integers(1, 60), child_first=st.booleans())
def test_a_parent_is_found_across_one_generation_and_forgotten_beyond_two(
    distance: int, child_first: bool
) -> None:
    generation = 10
    others = [[_span(1_000 + n)] for n in range(distance - 1)]
    first, last = (_span(2, 1), _span(1)) if child_first else (_span(1), _span(2, 1))
    counts = _window([[first], *others, [last]], generation).counts
    if distance <= generation:
        assert counts.children_compared == 1
    if distance > 2 * generation:
        assert counts.children_without_parent == 1
    assert counts.children_compared + counts.children_without_parent == 1


@given(distance=st.integers(1, 60))
def test_a_repeated_span_is_noticed_within_a_generation(distance: int) -> None:
    others = [[_span(1_000 + n)] for n in range(distance - 1)]
    counts = _window([[_span(1)], *others, [_span(1)]], 10).counts
    if distance <= 10:
        assert counts.repeated_span_ids == 1
    if distance > 20:
        assert counts.repeated_span_ids == 0


def test_a_span_without_valid_id_is_nobodys_parent_and_not_repeated() -> None:
    counts = _window([[Span(trace_id=b"\x01" * 16), Span(trace_id=b"\x01" * 16)]]).counts
    assert (counts.repeated_span_ids, counts.children_without_parent) == (0, 0)
