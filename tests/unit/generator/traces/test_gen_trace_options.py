"""Requests out of the ordinary: giants, missing and late roots, sampling, links, events."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.span_order import LATE_GROUP
from telemetry_generator.semantics.sampling import threshold
from telemetry_generator.traces.layered import DEEPEST
from telemetry_generator.traces.table import SpanTable
from trace_world import SHOP, factory, main_roots, same, within_chance

N = 6000


def test_nothing_is_out_of_the_ordinary_unless_asked_for() -> None:
    table = factory().table(0, 200)
    assert not table.phantom.any()
    assert not table.is_late.any()
    assert table.sampled.all()
    assert (len(table.links), len(table.events), table.cut) == (0, 0, 0)


@pytest.mark.parametrize(("count", "requests"), [(5, 1000), (3, 3), (7, 50)])
def test_giants_are_as_many_as_asked_for_and_spread_over_the_set(count: int, requests: int) -> None:
    giants = {"enabled": True, "count": count, "span_count": 400}
    spans = {"avg_per_trace": 10, "std_dev": 2, "high_span_traces": giants}
    made = factory(count=requests, spans=spans)
    sizes = np.bincount(made.table(0, requests).request)
    where = np.flatnonzero(sizes == 400)
    assert len(where) == count
    assert sizes.sum() == pytest.approx(made.typical_spans * requests, rel=0.1)
    assert (np.diff(where) >= requests // count - 1).all()


@pytest.fixture(scope="module")
def giant() -> SpanTable:
    giants = {"enabled": True, "count": 1}
    return factory(count=1, spans={"high_span_traces": giants}).table(0, 1)


def test_a_giant_is_a_wide_tree_of_exactly_its_size(giant: SpanTable) -> None:
    assert len(giant) == 100_000
    children = np.bincount(giant.parent[giant.parent >= 0])
    assert children.max() > 100
    assert len(np.unique(giant.span_id)) == 100_000
    assert (giant.end[giant.parent[1:]] >= giant.end[1:])[giant.parent[1:] >= 0].all()


def test_a_giant_is_no_deeper_than_others(giant: SpanTable) -> None:
    rows = np.arange(len(giant))
    for _ in range(DEEPEST):
        rows = np.where(rows >= 0, giant.parent[rows], rows)
    assert (rows < 0).all()


def test_giants_grow_in_an_explicit_topology_too() -> None:
    explicit = factory(
        _explicit(), count=20, spans={"high_span_traces": {"enabled": True, "span_count": 777}}
    )
    sizes = np.bincount(explicit.table(0, 20).request)
    assert (sizes == 777).sum() == 5
    assert sizes.max() == 777


def _explicit() -> Any:
    return replace(SHOP, is_explicit=True)


@pytest.mark.parametrize("option", ["rootless", "late_root"])
def test_the_configured_share_of_roots_is_missing_or_late(option: str) -> None:
    table = factory(root={option: {"enabled": True, "percentage": 12.5}}).table(0, N)
    marked = table.phantom > 0 if option == "rootless" else table.is_late
    assert within_chance(int(marked.sum()), N, 0.125)
    assert np.isin(np.flatnonzero(marked), main_roots(table)).all()


def test_no_root_is_both_missing_and_late() -> None:
    both = {"enabled": True, "percentage": 50}
    table = factory(root={"rootless": both, "late_root": both}).table(0, N)
    roots = main_roots(table)
    assert ((table.phantom[roots] > 0) ^ table.is_late[roots]).all()


def test_a_missing_parent_has_an_id_that_no_span_has() -> None:
    table = factory(root={"rootless": {"enabled": True, "percentage": 100}}).table(0, N)
    phantoms = table.phantom[main_roots(table)]
    assert len(np.unique(phantoms)) == N
    assert not np.isin(phantoms, table.span_id).any()
    assert (table.parent_ids()[main_roots(table)] == phantoms).all()


@pytest.mark.parametrize("percentage", [0.5, 25, 100])
def test_the_configured_share_of_traces_is_sampled(percentage: float) -> None:
    table = factory(sampling={"percentage": percentage}).table(0, N)
    assert within_chance(int(table.sampled.sum()), len(table.sampled), percentage / 100)


def test_a_trace_is_sampled_when_its_randomness_reaches_the_threshold() -> None:
    table = factory(sampling={"percentage": 30}).table(0, N)
    assert (table.randomness < 1 << 56).all()
    assert (table.sampled == (table.randomness >= threshold(30))).all()


@pytest.fixture(scope="module")
def linked() -> SpanTable:
    return factory(links={"percentage": 10, "max": 4}).table(0, N)


def test_the_configured_share_of_spans_has_further_links(linked: SpanTable) -> None:
    able = int((linked.request > 0).sum())
    owners, counts = np.unique(linked.links.owner, return_counts=True)
    assert within_chance(len(owners), able, 0.1)
    assert set(counts.tolist()) == {1, 2, 3, 4}
    assert (np.diff(linked.links.owner) >= 0).all()


def test_links_name_roots_of_earlier_requests(linked: SpanTable) -> None:
    roots = main_roots(linked)
    named = {
        (span, high, low): request
        for span, high, low, request in zip(
            linked.span_id[roots].tolist(),
            linked.trace_high[linked.trace[roots]].tolist(),
            linked.trace_low[linked.trace[roots]].tolist(),
            linked.request[roots].tolist(),
            strict=True,
        )
    }
    links = linked.links
    targets = zip(
        links.span_id.tolist(), links.trace_high.tolist(), links.trace_low.tolist(), strict=True
    )
    owners = linked.request[links.owner].tolist()
    assert all(named[target] < owner for target, owner in zip(targets, owners, strict=True))


def test_the_configured_share_of_spans_has_events_within_their_time() -> None:
    table = factory(events={"percentage": 40, "max": 3}).table(0, N)
    events = table.events
    owners, counts = np.unique(events.owner, return_counts=True)
    assert within_chance(len(owners), len(table), 0.4)
    assert set(counts.tolist()) == {1, 2, 3}
    assert (table.start[events.owner] <= events.time).all()
    assert (events.time <= table.end[events.owner]).all()
    same_owner = np.diff(events.owner) == 0
    assert (np.diff(events.time)[same_owner] >= 0).all()
    assert len(np.unique(events.key)) == len(events)


def test_options_leave_the_rest_of_a_request_as_it_is() -> None:
    """Switching links or sampling on changes no span."""
    plain = factory().table(0, 50)
    with_options = factory(links={}, events={}, sampling={"percentage": 10}).table(0, 50)
    for name in ("span_id", "start", "end", "operation", "outcome", "instance", "trace_high"):
        assert np.array_equal(getattr(plain, name), getattr(with_options, name))


def test_a_larger_set_begins_with_the_smaller_one() -> None:
    options: dict[str, Any] = {"links": {}, "events": {}, "errors": {"rate": 10}}
    small, large = factory(count=100, **options), factory(count=100_000, **options)
    assert same(small.table(0, 100), large.table(0, 100))


@pytest.mark.parametrize("mean", [1, 15, 3000])
def test_chunks_cover_the_set_and_keep_late_roots_together(mean: int) -> None:
    late = {"late_root": {"enabled": True}}
    made = factory(count=2500, spans={"avg_per_trace": mean, "std_dev": 0}, root=late)
    assert made.chunk_requests % LATE_GROUP == 0
    assert (made.chunks - 1) * made.chunk_requests < 2500 <= made.chunks * made.chunk_requests
    last = made.chunk(made.chunks - 1)
    assert last.request[-1] == 2499


def test_chunks_have_fewer_requests_the_larger_these_are() -> None:
    """What a chunk takes of memory must not grow with what a request takes."""
    giants = {"high_span_traces": {"enabled": True, "count": 20, "span_count": 100_000}}
    assert factory(count=20, spans=giants).chunk_requests == 1
    fat = {"per_span_min": 20, "per_span_max": 40, "value_bytes": 500}
    assert factory(fat_spans=fat).chunk_requests < factory().chunk_requests / 20


BAD = {
    "spans: {high_span_traces: {enabled: true, count: 50}}": "50 giants do not fit",
    "spans: {high_span_traces: {span_count: 2000000}}": "span_count",
    "spans: {avg_per_trace: 30, max_per_trace: 20}": "avg_per_trace: above max_per_trace 20",
    "spans: {avg_per_trace: 0.5}": "avg_per_trace",
    "root: {rootless: {percentage: 101}}": "rootless.percentage",
    "root: {rootless: {enabled: true, percentage: 60}, late_root: {enabled: true, percentage: 41}}":
        "more than 100 percent together",
    "root: {late_root: {delay_ms: 0}}": "delay_ms",
    "errors: {rate: -1}": "errors.rate",
    "errors: {rte: 1}": "did you mean 'rate'?",
    "sampling: {}": "sampling.percentage: missing",
    "sampling: {percentage: 0}": "sampling.percentage",
    "links: {max: 0}": "links.max",
    "events: {percentage: 200}": "events.percentage",
    "fat_spans: {per_span_min: 5, per_span_max: 4}": "per_span_min 5 is above 4",
    "fat_spans: {key_prefix: 'a b'}": "key_prefix",
    "custom_attributes: {count: 0}": "custom_attributes.count",
    "cardinality: [{key: a, values: 2}, {key: a, values: 3}]": "'a' is given twice",
    "cardinality: [{key: a}]": "values: missing",
    "cardinality: [{key: app.cart.count, values: 2}]\n  custom_attributes: {}":
        "custom_attributes gives spans 'app.cart.count' too",
    "cardinality: [{key: a.2, values: 2}]\n  fat_spans: {key_prefix: a}":
        "fat_spans gives spans 'a.2' too",
}  # fmt: skip


@pytest.mark.parametrize("section", BAD)
def test_mistakes_are_told_with_their_line(section: str) -> None:
    source = parse_yaml(f"seed: 1\ntraces:\n  count: 40\n  {section}\n", "generator.yaml")
    with pytest.raises(ConfigError) as caught:
        validate(GeneratorConfig, source)
    assert str(caught.value).startswith("generator.yaml:4: ")
    assert BAD[section] in str(caught.value)


@pytest.mark.parametrize("count", ["avg_per_trace", "std_dev"])
def test_an_explicit_topology_refuses_counts_of_spans(count: str) -> None:
    topology = "topology: {services: {web: {kind: http}}}"
    text = f"{topology}\ntraces:\n  spans:\n    {count}: 3\n"
    with pytest.raises(ConfigError, match=r"g.yaml:4: .*the calls of the topology decide"):
        validate(GeneratorConfig, parse_yaml(text, "g.yaml"))
