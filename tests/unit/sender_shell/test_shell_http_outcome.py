"""What HTTP answers mean, without a server: anything that comes back is a delivery."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_sender.sinks.destination import destinations
from telemetry_sender.sinks.http_outcome import HttpAnswer, answered
from telemetry_sender.sinks.http_url import request_url
from telemetry_sender.sinks.retry_after import parse_retry_after

NOW = 1_800_000_000.0


@given(
    st.integers(100, 999),
    st.sampled_from(["", "application/json", "application/x-protobuf", "text/plain", "text/html"]),
    st.binary() | st.from_regex(rb'\{"(message|partialSuccess)":[^x]{0,9}\}', fullmatch=True),
    st.none() | st.text(max_size=40),
    st.sampled_from(list(Signal)),
)
def test_any_answer_is_a_delivery(
    status: int, content_type: str, body: bytes, retry_after: str | None, signal: Signal
) -> None:
    answer = HttpAnswer(status, "reason", content_type, body, retry_after)
    delivery = answered(signal, answer, NOW)
    assert delivery.ok == (200 <= status < 300 and delivery.code != "INTERNAL")
    assert delivery.retryable == (status in (429, 502, 503, 504))
    assert delivery.retry_after_seconds is None or delivery.retry_after_seconds >= 0
    assert delivery.message or delivery.ok


DEEP = b"[" * 100_000


@pytest.mark.parametrize("body", [b"[]", b"1", b'{"partialSuccess": 3}', DEEP, b"\xff"])
def test_json_that_is_no_response_is_not_taken_for_success(body: bytes) -> None:
    answer = HttpAnswer(200, "OK", "application/json", body)
    assert answered(Signal.LOGS, answer, NOW).code == "INTERNAL"


@pytest.mark.parametrize("number", ['"7"', "7"])
def test_counts_in_json_are_strings_or_numbers(number: str) -> None:
    body = b'{"partialSuccess": {"rejectedDataPoints": %s}}' % number.encode()
    answer = HttpAnswer(200, "OK", "application/json", body)
    assert answered(Signal.METRICS, answer, NOW).rejected == 7


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        (format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True), 90.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert parse_retry_after(text, NOW) == seconds


@pytest.mark.parametrize(
    ("otlp", "url"),
    [
        ({"endpoint": "h:4318"}, "https://h:4318/v1/traces"),
        ({"endpoint": "h:4318", "insecure": True}, "http://h:4318/v1/traces"),
        ({"endpoint": "https://h"}, "https://h:443/v1/traces"),
        ({"endpoint": "https://h/a/?k=v"}, "https://h:443/a/v1/traces?k=v"),
        ({"endpoint": "http://[::1]:1"}, "http://[::1]:1/v1/traces"),
        ({"endpoint": "unix:/run/s", "insecure": True}, "http://localhost/v1/traces"),
        ({"endpoints": {"traces": "https://h/x"}}, "https://h:443/x"),
        ({"endpoints": {"traces": "https://h"}}, "https://h:443/"),
        ({"endpoints": {"traces": "h:4318"}}, "https://h:4318/v1/traces"),
    ],
)
def test_the_url_of_a_signal(otlp: dict[str, object], url: str) -> None:
    config = make_config(otlp={"protocol": "http/protobuf", **otlp})
    (to,) = destinations(config.otlp, [Signal.TRACES], {}).values()
    assert request_url(Signal.TRACES, to) == url


@pytest.mark.parametrize(
    ("otlp", "problem"),
    [
        ({"endpoint": "unix:/run/s"}, "TLS over a Unix socket works with gRPC only"),
        ({"endpoint": "http://h:1", "server_name": "x"}, "have no effect without TLS"),
        ({"endpoint": "h:1", "connections": 0}, "greater than 0"),
        ({"endpoint": "h:1", "server_name": "a b"}, "match pattern"),
        ({"endpoint": "h:1", "headers": {"Content-Type": "x"}}, "the protocol's own"),
        ({"endpoint": "h:1", "headers": {"Host": "x"}}, "the protocol's own"),
    ],
)
def test_settings_that_cannot_work_over_http_are_refused(
    otlp: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        make_config(otlp={"protocol": "http/json", **otlp})
