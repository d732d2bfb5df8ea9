"""Endpoints as people write them."""

import pytest

from telemetry_sender.sinks.endpoint import Endpoint, parse_endpoint


@pytest.mark.parametrize(
    ("text", "target", "plaintext"),
    [
        ("localhost:4317", "localhost:4317", None),
        ("api.honeycomb.io:443", "api.honeycomb.io:443", None),
        ("[::1]:4317", "[::1]:4317", None),
        ("http://localhost:4317", "localhost:4317", True),
        ("https://localhost:4317", "localhost:4317", False),
        ("HTTPS://localhost:4317/", "localhost:4317", False),
        ("unix:/run/otlp.sock", "unix:/run/otlp.sock", None),
        ("unix:///run/otlp.sock", "unix:///run/otlp.sock", None),
    ],
)
def test_target_and_scheme(text: str, target: str, plaintext: bool | None) -> None:
    assert parse_endpoint(text) == Endpoint(target, plaintext)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not host:port"),
        ("localhost", "is not host:port"),
        (":4317", "is not host:port"),
        ("localhost:0", "is not host:port"),
        ("localhost:", "is not host:port"),
        ("localhost:99999", "is not host:port"),
        ("localhost:otlp", "is not host:port"),
        ("localhost:-1", "is not host:port"),
        ("localhost:٤٣١٧", "is not host:port"),
        ("::1:4317", "is not host:port"),
        ("[::1", "is not host:port"),
        ("ftp://localhost:21", "unknown scheme 'ftp'"),
        ("http://localhost:4318/v1/traces", "has a path"),
        ("localhost:4317?x=y", "has a path"),
        ("local host:4317", "is not host:port"),
    ],
)
def test_what_is_no_endpoint_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_endpoint(text)


@pytest.mark.parametrize(
    "text", ["https://me:hunter2@h:4317", "me:hunter2@h:4317", "ftp://hunter2@h", "hunter2@"]
)
def test_credentials_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"use otlp\.headers") as caught:
        parse_endpoint(text)
    assert "hunter2" not in str(caught.value)
