"""The ledger says exactly which spans were lost, duplicated or foreign."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from receiver_reference import (
    FOREIGN_SPAN,
    ReferenceSender,
    ReferenceSet,
    build_reference_set,
    write_reference_set,
)
from telemetry_sender.receiver.ledger import MAX_EXAMPLES, MAX_RANGES, Ledger, LostRange
from telemetry_sender.receiver.references import Reference, reference_ids
from telemetry_sender.receiver.spans import links_of, span_columns, spans_of
from telemetry_sender.receiver.template_index import TemplateIndex, load_template_index

SEED = 99
PASSES = 3


@pytest.fixture(scope="module")
def templates() -> ReferenceSet:
    return build_reference_set()


@pytest.fixture(scope="module")
def index(templates: ReferenceSet, tmp_path_factory: pytest.TempPathFactory) -> TemplateIndex:
    directory = tmp_path_factory.mktemp("set")
    write_reference_set(templates, directory)
    return load_template_index(directory)


def _sent(templates: ReferenceSet, seed: int = SEED, passes: int = PASSES) -> list[Span]:
    sender = ReferenceSender(templates, seed)
    requests = [sender.traces(number) for number in range(passes)]
    return [span for each in requests for span in spans_of(each.resource_spans)]


def _book(ledger: Ledger, spans: list[Span], batch: int = 7) -> None:
    for start in range(0, len(spans), batch):
        ledger.record(span_columns(spans[start : start + batch]))


@given(data=st.data())
def test_any_mixture_of_faults_is_reported_exactly(
    templates: ReferenceSet, index: TemplateIndex, data: st.DataObject
) -> None:
    """Any spans lost, repeated or forged, in any order and batches of any size."""
    sent = _sent(templates)
    positions = st.integers(0, len(sent) - 1)
    lost = data.draw(st.sets(positions))
    repeated = data.draw(st.lists(positions.filter(lambda each: each not in lost), max_size=8))
    forged = data.draw(st.lists(positions, max_size=25))
    arriving = [(span, counter) for counter, span in enumerate(sent) if counter not in lost]
    spans = [span for span, _ in arriving] + [sent[counter] for counter in repeated]
    spans += [_sent(templates, SEED + 1)[position] for position in forged]
    random.Random(data.draw(st.integers(0, 99))).shuffle(spans)

    ledger = Ledger(index, SEED)
    _book(ledger, spans, data.draw(st.integers(1, 50)))

    highest = max((counter for _, counter in arriving), default=-1)
    below = sorted(counter for counter in lost if counter < highest)
    assert ledger.unique == len(arriving)
    assert ledger.highest_counter == highest
    assert ledger.lost == len(below)
    assert ledger.counts.duplicated == len(repeated)
    assert ledger.counts.foreign == len(forged)
    assert ledger.counts.trace_id_mismatches == ledger.counts.parent_id_mismatches == 0
    assert _expanded(ledger.lost_ranges(), index.span_count) == below
    ids = [each.span_id for each in ledger.lost_examples()]
    assert ids == [sent[counter].span_id.hex() for counter in below[:MAX_EXAMPLES]]
    assert len(ledger.counts.foreign_examples) == min(len(forged), MAX_EXAMPLES)


def _expanded(ranges: list[LostRange], span_count: int) -> list[int]:
    return [
        each.pass_number * span_count + each.first + offset
        for each in ranges
        for offset in range(each.count)
    ]


@given(lost=st.sets(st.integers(0, 89)))
def test_orphans_are_the_arrived_children_of_lost_parents(
    templates: ReferenceSet, index: TemplateIndex, lost: set[int]
) -> None:
    sent = _sent(templates)
    arrived = [span for counter, span in enumerate(sent) if counter not in lost]
    ids = {span.span_id for span in arrived}
    of_the_set = {span.span_id for span in sent}
    ledger = Ledger(index, SEED)
    _book(ledger, arrived)
    assert ledger.orphans() == sum(
        span.parent_span_id in of_the_set and span.parent_span_id not in ids for span in arrived
    )


def test_examples_name_pass_and_span_index(templates: ReferenceSet, index: TemplateIndex) -> None:
    sent = _sent(templates)
    repeated = sent[index.span_count + 4]
    ledger = Ledger(index, SEED)
    _book(ledger, [*sent, repeated])
    (example,) = ledger.counts.duplicate_examples
    assert (example.pass_number, example.span_index) == (1, 4)
    assert example.span_id == repeated.span_id.hex()


def test_a_lost_run_over_two_passes_is_two_ranges(
    templates: ReferenceSet, index: TemplateIndex
) -> None:
    sent = _sent(templates)
    n = index.span_count
    ledger = Ledger(index, SEED)
    _book(ledger, sent[: n - 2] + sent[n + 3 :])
    assert ledger.lost_ranges() == [LostRange(0, n - 2, 2), LostRange(1, 0, 3)]


def test_lists_stop_at_their_limits_and_the_count_stays_exact(
    templates: ReferenceSet, index: TemplateIndex
) -> None:
    sent = _sent(templates, passes=10)
    ledger = Ledger(index, SEED)
    _book(ledger, [*sent[::2], *sent[::2]])
    kept = len(sent[::2])
    assert ledger.lost == kept - 1
    assert len(ledger.lost_ranges()) == MAX_RANGES
    assert ledger.counts.duplicated == kept
    assert len(ledger.counts.duplicate_examples) == MAX_EXAMPLES


@pytest.mark.parametrize("half", [slice(0, 8), slice(8, 16)])
def test_a_span_under_another_trace_id_is_a_mismatch(
    templates: ReferenceSet, index: TemplateIndex, half: slice
) -> None:
    """Either half of the trace id can be the wrong one."""
    sent = _sent(templates)
    wrong = bytearray(sent[40].trace_id)
    wrong[half] = sent[0].trace_id[half]
    sent[40].trace_id = bytes(wrong)
    ledger = Ledger(index, SEED)
    _book(ledger, sent)
    assert ledger.counts.trace_id_mismatches == 1
    assert (ledger.counts.foreign, ledger.lost) == (0, 0)


def test_a_wrong_trace_id_is_recognized_one_pass_ahead_but_not_further(
    templates: ReferenceSet, index: TemplateIndex
) -> None:
    """Further ahead, chance would explain the span id as well."""
    sent = _sent(templates)
    n = index.span_count
    ahead, too_far = sent[n + 5], sent[2 * n + 5]
    ahead.trace_id = too_far.trace_id = b"\x01" * 16
    ledger = Ledger(index, SEED)
    _book(ledger, [*sent[:n], too_far])
    assert (ledger.counts.trace_id_mismatches, ledger.counts.foreign) == (0, 1)
    _book(ledger, [ahead])
    assert (ledger.counts.trace_id_mismatches, ledger.counts.foreign) == (1, 1)
    assert ledger.highest_counter == n + 5


def test_a_span_without_valid_id_is_neither_foreign_nor_booked(index: TemplateIndex) -> None:
    ledger = Ledger(index, SEED)
    _book(ledger, [Span(trace_id=b"\x01" * 16), Span(span_id=b"\x01")])
    assert (ledger.counts.foreign, ledger.unique) == (0, 0)


@pytest.mark.parametrize("parent", [b"", b"\x01" * 8])
def test_a_child_under_another_parent_is_a_mismatch(
    templates: ReferenceSet, index: TemplateIndex, parent: bytes
) -> None:
    sent = _sent(templates)
    sent[1].parent_span_id = parent
    ledger = Ledger(index, SEED)
    _book(ledger, sent)
    assert ledger.counts.parent_id_mismatches == 1


@pytest.mark.parametrize("resolves", [True, False])
def test_a_phantom_parent_must_stay_outside_the_run(
    templates: ReferenceSet, index: TemplateIndex, resolves: bool
) -> None:
    """The last trace has no root: its first span's parent is any id but one of the run, or none."""
    sent = _sent(templates)
    rootless = [
        counter
        for counter, span in enumerate(templates.spans)
        if span.parent_span_id == FOREIGN_SPAN
    ]
    sent[rootless[0]].parent_span_id = sent[3].span_id if resolves else b""
    ledger = Ledger(index, SEED)
    _book(ledger, sent)
    assert ledger.counts.parent_id_mismatches == 1


def test_references_resolve_to_spans_or_traces_of_the_run(
    templates: ReferenceSet, index: TemplateIndex
) -> None:
    """In each pass one link, one log record and one exemplar are foreign in the templates too."""
    sender = ReferenceSender(templates, SEED)
    ledger = Ledger(index, SEED)
    links = links_of(spans_of(sender.traces(2).resource_spans))
    assert ledger.unresolved(reference_ids(links)) == index.unresolved[Reference.LINKS] == 1
    records = list(sender.logs(2).resource_logs[0].scope_logs[0].log_records)
    assert ledger.unresolved(reference_ids(records)) == index.unresolved[Reference.LOGS] == 1
    records[0].span_id = b"\x07" * 8
    records[1].trace_id = records[-2].trace_id
    assert ledger.unresolved(reference_ids(records)) == 3


def test_random_ids_never_move_the_highest_counter(
    templates: ReferenceSet, index: TemplateIndex
) -> None:
    """One random id in a million inverts to a plausible counter; only the trace id proves it."""
    stranger = ReferenceSender(templates, SEED).span_id(templates.spans[0].span_id, 1 << 30)
    spans = [Span(trace_id=b"\x01" * 16, span_id=stranger)]
    ledger = Ledger(index, SEED)
    _book(ledger, spans)
    assert ledger.counts.foreign == 1
    assert ledger.highest_counter == -1
