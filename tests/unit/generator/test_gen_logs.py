"""Logs: exact shares, real spans behind them, times inside those spans."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from generator_support import GeneratedSet, attributes, configuration, generate, types
from telemetry_generator.logs.factory import split_exactly
from telemetry_generator.logs.messages import Severity, load_messages

SHARES = ("http_access", "application", "system")


def by_type(generated: GeneratedSet, log_type: str) -> list[Any]:
    return [one for one in generated.logs if one.attributes["log.type"] == log_type]


def test_types_come_at_their_exact_percentages(generated: GeneratedSet) -> None:
    counted = Counter(placed.attributes["log.type"] for placed in generated.logs)
    assert counted == {"http_access": 1000, "application": 1000, "system": 500}


@pytest.mark.parametrize("count", [1, 7, 999, 1001, 2345])
def test_counts_that_do_not_divide_are_split_by_largest_remainder(
    tmp_path: Path, count: int
) -> None:
    shares = types(33.3, 33.3, 33.4)
    config = configuration(
        traces={"count": 5}, metrics=None, logs={"count": count, "types": shares}
    )
    made = Counter(one.attributes["log.type"] for one in generate(tmp_path, config).logs)
    assert sum(made.values()) == count
    for name, share in zip(SHARES, (0.333, 0.333, 0.334), strict=True):
        assert abs(made[name] - count * share) < 1


@given(st.integers(0, 10**6), st.integers(0, 1000), st.integers(0, 1000))
def test_a_split_is_exact_and_nearly_proportional(count: int, first: int, second: int) -> None:
    low, high = sorted((first, second))
    shares = {"a": low, "b": high - low, "c": 1000 - high}
    parts = split_exactly(count, shares)
    assert sum(parts.values()) == count
    assert all(abs(parts[name] - count * shares[name] / 1000) < 1 for name in shares)


def test_a_type_of_zero_percent_is_absent(tmp_path: Path) -> None:
    config = configuration(metrics=None, logs={"count": 50, "types": types(0, 0, 100)})
    made = generate(tmp_path, config).logs
    assert {one.attributes["log.type"] for one in made} == {"system"}


def test_logs_name_real_spans_and_lie_inside_them(generated: GeneratedSet) -> None:
    tied = [placed for placed in generated.logs if placed.record.span_id]
    assert len(tied) == 2000
    for placed in tied:
        owner = generated.by_id[placed.record.span_id]
        assert placed.record.trace_id == owner.span.trace_id
        assert owner.span.start_time_unix_nano <= placed.record.time_unix_nano
        assert placed.record.time_unix_nano <= owner.span.end_time_unix_nano
        assert placed.resource == owner.resource
        assert placed.record.flags == 1


def test_access_logs_report_what_a_server_span_did(generated: GeneratedSet) -> None:
    for placed in by_type(generated, "http_access"):
        span = generated.by_id[placed.record.span_id].span
        values = attributes(span.attributes)
        assert span.kind == Span.SPAN_KIND_SERVER
        keys = ("http.request.method", "url.path", "http.response.status_code",
                "http.response.body.size", "client.address")  # fmt: skip
        assert all(placed.attributes[key] == values[key] for key in keys)
        line = placed.record.body.string_value
        method, path = values["http.request.method"], values["url.path"]
        assert f'"{method} {path} HTTP/1.1" {values["http.response.status_code"]} ' in line


def test_access_logs_spread_over_many_requests(generated: GeneratedSet) -> None:
    named = Counter(placed.record.span_id for placed in by_type(generated, "http_access"))
    assert max(named.values()) <= 4


def test_application_severities_have_their_weights(generated: GeneratedSet) -> None:
    counted = Counter(p.record.severity_text for p in by_type(generated, "application"))
    expected = {"DEBUG": 100, "INFO": 600, "WARN": 200, "ERROR": 100}
    assert counted.keys() == expected.keys()
    assert all(abs(counted[name] - expected[name]) < 60 for name in expected)


def test_errors_of_applications_are_logged_in_failed_spans(generated: GeneratedSet) -> None:
    errors = [p for p in by_type(generated, "application") if p.record.severity_text == "ERROR"]
    for placed in errors:
        assert {"exception.type", "exception.message"} <= placed.attributes.keys()
        span = generated.by_id[placed.record.span_id].span
        assert span.status.code == Status.STATUS_CODE_ERROR


def test_severity_numbers_fit_their_texts(generated: GeneratedSet) -> None:
    for placed in generated.logs:
        assert int(placed.record.severity_number) == Severity[placed.record.severity_text].value


def test_system_logs_come_from_hosts_and_belong_to_no_span(generated: GeneratedSet) -> None:
    for placed in by_type(generated, "system"):
        assert not placed.record.trace_id
        assert not placed.record.span_id
        resource = attributes(placed.resource.attributes)
        assert "host.name" in resource
        assert "service.name" not in resource


def test_records_are_observed_after_they_happen_within_the_horizon(
    generated: GeneratedSet,
) -> None:
    for placed in generated.logs:
        record = placed.record
        assert 1 <= record.time_unix_nano <= record.observed_time_unix_nano
        assert record.observed_time_unix_nano <= generated.manifest.horizon_nanos


def test_bodies_are_filled_in(generated: GeneratedSet) -> None:
    bodies = [placed.record.body.string_value for placed in generated.logs]
    assert all(body and "{" not in body.replace("{id}", "") for body in bodies)
    assert len(set(bodies)) > 0.8 * len(bodies)


def test_every_severity_has_messages_of_applications() -> None:
    assert set(load_messages("application")) == set(Severity)
    assert {Severity.INFO, Severity.WARN, Severity.ERROR} <= set(load_messages("system"))


def test_without_traces_logs_carry_no_ids(tmp_path: Path) -> None:
    made = generate(tmp_path, configuration(traces=None, metrics=None)).logs
    assert len(made) == 300
    assert not any(placed.record.span_id or placed.record.trace_id for placed in made)
    assert len({placed.attributes["log.type"] for placed in made}) == 3
    times = [placed.record.time_unix_nano for placed in made]
    assert min(times) >= 1
    assert max(times) <= 600 * 10**9


def test_a_larger_set_keeps_the_chunks_of_a_smaller_one(tmp_path: Path) -> None:
    logs = [{"count": count, "types": types(40, 40, 20)} for count in (2000, 3000)]
    small, large = (
        generate(tmp_path / str(one["count"]), configuration(metrics=None, logs=one))
        for one in logs
    )
    assert large.raw("logs").startswith(small.raw("logs"))
