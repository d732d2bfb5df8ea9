"""Traces: trees whose times nest, counts as drawn, attributes after the conventions."""

import itertools
from collections import Counter, defaultdict
from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from generator_support import GeneratedSet, PlacedSpan, attributes, configuration, generate
from telemetry_common.signals import Signal
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.traces.factory import Trace, TraceFactory
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.traces.tree import ROOT, Kind
from telemetry_generator.world.topology import build_topology

MINUTE = 60 * 10**9


def factory(
    seed: int = 0, horizon: int = MINUTE, services: int = 10, **config: Any
) -> TraceFactory:
    traces = TracesConfig.model_validate({"services": {"count": services}, **config})
    topology = build_topology(ServicesConfig(count=services), seed)
    return TraceFactory(traces, topology, seed, horizon, TemplateIds.from_seed(seed))


def spans_per_trace(generated: GeneratedSet) -> dict[bytes, list[PlacedSpan]]:
    traces: dict[bytes, list[PlacedSpan]] = defaultdict(list)
    for placed in generated.spans:
        traces[placed.span.trace_id].append(placed)
    return traces


def test_the_manifest_counts_what_the_file_holds(generated: GeneratedSet) -> None:
    entry = generated.manifest.files[Signal.TRACES]
    assert entry.events == len(generated.spans)
    assert entry.traces == len(spans_per_trace(generated)) == 600
    assert entry.bytes == len(generated.raw("traces"))


def test_ids_have_their_length_and_are_unique(generated: GeneratedSet) -> None:
    ids = [placed.span.span_id for placed in generated.spans]
    assert {len(one) for one in ids} == {8}
    assert len(set(ids)) == len(ids)
    assert bytes(8) not in ids
    assert {len(placed.span.trace_id) for placed in generated.spans} == {16}


def test_every_trace_has_one_root_and_parents_in_the_same_trace(generated: GeneratedSet) -> None:
    for spans in spans_per_trace(generated).values():
        ids = {placed.span.span_id for placed in spans}
        roots = [placed for placed in spans if not placed.span.parent_span_id]
        assert len(roots) == 1
        assert roots[0].span.kind == Span.SPAN_KIND_SERVER
        assert all(placed.span.parent_span_id in ids for placed in spans if placed not in roots)


def test_traces_stand_one_after_another(generated: GeneratedSet) -> None:
    order = [placed.span.trace_id for placed in generated.spans]
    changes = sum(a != b for a, b in itertools.pairwise(order))
    assert changes == len(set(order)) - 1


def test_children_lie_inside_their_parents(generated: GeneratedSet) -> None:
    assert len(generated.children) > 5000
    for parent, child in generated.children:
        assert parent.span.start_time_unix_nano <= child.span.start_time_unix_nano
        assert child.span.end_time_unix_nano <= parent.span.end_time_unix_nano


def test_all_times_lie_within_the_horizon(generated: GeneratedSet) -> None:
    times = [placed.span.start_time_unix_nano for placed in generated.spans]
    ends = [placed.span.end_time_unix_nano for placed in generated.spans]
    assert min(times) >= 1
    assert max(ends) <= generated.manifest.horizon_nanos
    assert max(times) > generated.manifest.horizon_nanos * 0.9


def test_siblings_start_one_after_another_and_some_run_in_parallel(generated: GeneratedSet) -> None:
    siblings: dict[bytes, list[Span]] = defaultdict(list)
    for parent, child in generated.children:
        siblings[parent.span.span_id].append(child.span)
    families = [sorted(spans, key=lambda span: span.start_time_unix_nano)
                for spans in siblings.values() if len(spans) > 1]  # fmt: skip
    pairs = [(a, b) for spans in families for a, b in itertools.pairwise(spans)]
    assert all(a.start_time_unix_nano < b.start_time_unix_nano for a, b in pairs)
    overlapping = sum(b.start_time_unix_nano < a.end_time_unix_nano for a, b in pairs)
    assert 0.15 < overlapping / len(pairs) < 0.35


def test_span_counts_follow_the_normal_distribution(generated: GeneratedSet) -> None:
    counts = [len(spans) for spans in spans_per_trace(generated).values()]
    assert fmean(counts) == pytest.approx(15, abs=0.7)
    assert stdev(counts) == pytest.approx(5, abs=0.6)
    assert min(counts) >= 1


def test_seventy_percent_of_the_steps_go_downstream(generated: GeneratedSet) -> None:
    kinds = Counter(placed.span.kind for placed in generated.spans)
    steps = kinds[Span.SPAN_KIND_CLIENT] + kinds[Span.SPAN_KIND_INTERNAL]
    assert kinds[Span.SPAN_KIND_CLIENT] / steps == pytest.approx(0.7, abs=0.03)


def test_calls_cross_services_and_work_stays_inside(generated: GeneratedSet) -> None:
    for parent, child in generated.children:
        if child.span.kind == Span.SPAN_KIND_SERVER:
            assert parent.span.kind == Span.SPAN_KIND_CLIENT
            assert parent.service != child.service
        else:
            assert parent.span.kind != Span.SPAN_KIND_CLIENT
            assert parent.service == child.service


def test_stores_have_no_spans_of_their_own(generated: GeneratedSet) -> None:
    assert not {"database", "cache"} & {placed.service for placed in generated.spans}
    systems = {attributes(p.span.attributes).get("db.system.name") for p in generated.spans}
    assert {"postgresql", "redis"} <= systems


def test_flags_tell_remote_parents(generated: GeneratedSet) -> None:
    for placed in generated.spans:
        remote = placed.span.kind == Span.SPAN_KIND_SERVER and placed.span.parent_span_id
        assert placed.span.flags == (0x301 if remote else 0x101)


def test_spans_carry_about_eight_stable_attributes(generated: GeneratedSet) -> None:
    counts = [len(placed.span.attributes) for placed in generated.spans]
    assert 6 <= fmean(counts) <= 10
    keys = {pair.key for placed in generated.spans for pair in placed.span.attributes}
    assert not keys & {"http.method", "http.status_code", "http.url", "db.system", "rpc.system"}


def http_server_spans(generated: GeneratedSet) -> list[tuple[Span, dict[str, Any]]]:
    found = [(placed.span, attributes(placed.span.attributes)) for placed in generated.spans]
    return [
        pair for pair in found if pair[0].kind == Span.SPAN_KIND_SERVER and "http.route" in pair[1]
    ]


def test_http_server_spans_follow_the_conventions(generated: GeneratedSet) -> None:
    found = http_server_spans(generated)
    assert len(found) > 600
    for span, values in found:
        assert span.name == f"{values['http.request.method']} {values['http.route']}"
        assert values["url.path"].startswith(values["http.route"].partition("{")[0])
        assert {"url.scheme", "server.address", "http.response.status_code"} <= values.keys()
        failed = values["http.response.status_code"] >= 500
        assert (span.status.code == Status.STATUS_CODE_ERROR) == failed
        assert ("error.type" in values) == failed


def test_both_sides_of_a_call_agree(generated: GeneratedSet) -> None:
    pairs = [
        (a.span, b.span) for a, b in generated.children if b.span.kind == Span.SPAN_KIND_SERVER
    ]
    for client, server in pairs:
        near, far = attributes(client.attributes), attributes(server.attributes)
        for key in ("http.response.status_code", "rpc.response.status_code", "rpc.method"):
            assert near.get(key) == far.get(key)
        if "url.path" in far:
            assert near["url.full"].endswith(far["url.path"])


def test_a_percent_or_two_of_the_spans_fail_and_their_callers_notice(
    generated: GeneratedSet,
) -> None:
    failed = [p for p in generated.spans if p.span.status.code == Status.STATUS_CODE_ERROR]
    assert 0.005 < len(failed) / len(generated.spans) < 0.03
    assert all("error.type" in attributes(placed.span.attributes) for placed in failed)
    failures = {placed.span.span_id for placed in failed}
    for parent, child in generated.children:
        if child.span.kind == Span.SPAN_KIND_SERVER and child.span.span_id in failures:
            assert parent.span.span_id in failures


def test_exceptions_are_events_inside_failed_spans(generated: GeneratedSet) -> None:
    with_event = [placed.span for placed in generated.spans if placed.span.events]
    assert with_event
    for span in with_event:
        assert span.status.code == Status.STATUS_CODE_ERROR
        assert span.events[0].name == "exception"
        time = span.events[0].time_unix_nano
        assert span.start_time_unix_nano <= time <= span.end_time_unix_nano
        assert {"exception.type", "exception.message"} <= attributes(
            span.events[0].attributes
        ).keys()


def test_resources_identify_the_service(generated: GeneratedSet) -> None:
    for placed in generated.spans:
        values = attributes(placed.resource.attributes)
        assert {
            "service.name", "service.namespace", "service.instance.id", "service.version",
            "telemetry.sdk.name", "telemetry.sdk.language", "telemetry.sdk.version",
            "deployment.environment.name", "host.name", "k8s.pod.name",
        } <= values.keys()  # fmt: skip


def test_a_span_takes_three_to_four_hundred_bytes(generated: GeneratedSet) -> None:
    assert 300 < len(generated.raw("traces")) / len(generated.spans) < 450


def test_a_larger_set_keeps_the_traces_of_a_smaller_one(tmp_path: Any) -> None:
    small = generate(tmp_path / "a", configuration(traces={"count": 50}, metrics=None, logs=None))
    large = generate(tmp_path / "b", configuration(traces={"count": 100}, metrics=None, logs=None))
    assert large.raw("traces").startswith(small.raw("traces"))
    assert len(large.raw("traces")) > len(small.raw("traces"))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    number=st.integers(0, 2**40 - 1),
    spans=st.integers(1, 300),
    services=st.integers(1, 15),
    horizon=st.sampled_from([10**9, MINUTE]),
)
def test_any_trace_nests_and_fits(
    seed: int, number: int, spans: int, services: int, horizon: int
) -> None:
    """Whatever the size and the seed: exact count, children inside parents, all in the horizon."""
    count = {"avg_per_trace": spans, "std_dev": 0}
    trace = factory(seed, horizon, services, spans=count).trace(number)
    assert len(trace.spans) == spans
    assert_nested(trace)
    assert trace.spans[0].start >= 1
    assert trace.spans[0].end <= horizon


def assert_nested(trace: Trace) -> None:
    assert trace.spans[0].parent == ROOT
    for at, span in enumerate(trace.spans[1:], start=1):
        parent = trace.spans[span.parent]
        assert span.parent < at
        assert parent.start <= span.start <= span.end <= parent.end


def test_a_trace_longer_than_the_horizon_is_squeezed_into_it() -> None:
    long = factory(horizon=10**9, spans={"avg_per_trace": 5000, "std_dev": 0}).trace(0)
    assert_nested(long)
    assert (long.spans[0].start, long.spans[0].end) == (1, 10**9)


def test_a_single_service_does_all_the_work_itself() -> None:
    trace = factory(services=1, spans={"avg_per_trace": 20, "std_dev": 0}).trace(3)
    assert [span.kind for span in trace.spans] == [Kind.SERVER] + 19 * [Kind.INTERNAL]


def test_a_trace_comes_out_the_same_whenever_it_is_built() -> None:
    made = factory(seed=9)
    assert made.trace(17) == made.trace(17)
    assert made.trace(17).trace_id != made.trace(18).trace_id
