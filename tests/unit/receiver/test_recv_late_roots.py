"""Roots that arrive after their children are found in the end, and only those that do arrive."""

from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from core_support import late_roots_file
from receiver_reference import (
    ReferenceSender,
    ReferenceSet,
    build_reference_set,
    write_reference_set,
)
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.template_index import TemplateIndex, load_template_index

SEED, PASSES = 17, 2


def late_roots_set(spans: list[int], group: int) -> ReferenceSet:
    return replace(
        build_reference_set(), traces=TracesData.FromString(late_roots_file(spans, group))
    )


def indexed(templates: ReferenceSet) -> TemplateIndex:
    with TemporaryDirectory() as directory:
        write_reference_set(templates, Path(directory))
        return load_template_index(Path(directory))


@settings(deadline=None, max_examples=50)
@given(
    spans=st.lists(st.integers(1, 5), min_size=1, max_size=8), group=st.integers(1, 8),
    lost=st.sets(st.integers(0, 79), max_size=3), order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_a_child_is_unresolved_only_if_its_root_never_comes(
    spans: list[int], group: int, lost: set[int], order: Random
) -> None:
    """One span a request, in any order, with and without templates."""
    templates = late_roots_set(spans, group)
    sender, count = ReferenceSender(templates, SEED), len(templates.spans)
    requests = [
        sender.traces(number, keep=at.__eq__)
        for number in range(PASSES)
        for at in range(count)
        if number * count + at not in lost
    ]
    order.shuffle(requests)
    with_ledger = CheckingIntake(Ledger(indexed(templates), SEED))
    for request in requests:
        with_ledger.take(Signal.TRACES, request.SerializeToString())
    with_ledger.window.close()
    sent = [each for request in requests for each in request.resource_spans]
    arrived = [span for each in sent for scope in each.scope_spans for span in scope.spans]
    ids = {span.span_id for span in arrived}
    orphans = sum(bool(each.parent_span_id) and each.parent_span_id not in ids for each in arrived)
    assert with_ledger.ledger is not None
    assert with_ledger.ledger.orphans() == orphans
    assert with_ledger.window.counts.children_without_parent == orphans
    assert with_ledger.window.counts.children_outside_parents == 0
    counts = with_ledger.ledger.counts
    assert (counts.trace_id_mismatches, counts.parent_id_mismatches, counts.foreign) == (0, 0, 0)
