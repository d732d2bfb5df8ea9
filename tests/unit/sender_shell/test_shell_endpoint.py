"""Endpoints as people write them."""

import pytest

from telemetry_sender.sinks.endpoint import Endpoint, parse_endpoint, shown_endpoint


@pytest.mark.parametrize(
    ("text", "target", "plaintext"),
    [
        ("localhost:4317", "localhost:4317", None),
        ("api.honeycomb.io:443", "api.honeycomb.io:443", None),
        ("[::1]:4317", "[::1]:4317", None),
        ("http://localhost:4317", "localhost:4317", True),
        ("https://localhost:4317", "localhost:4317", False),
        ("HTTPS://localhost:4317", "localhost:4317", False),
        ("localhost:4317/", "localhost:4317", None),
        ("http://localhost", "localhost:80", True),
        ("https://[::1]", "[::1]:443", False),
        ("https://api.example.org", "api.example.org:443", False),
        ("unix:/run/otlp.sock", "unix:/run/otlp.sock", None),
        ("unix:///run/otlp.sock", "unix:///run/otlp.sock", None),
    ],
)
def test_target_and_scheme(text: str, target: str, plaintext: bool | None) -> None:
    assert parse_endpoint(text) == Endpoint(target, plaintext)


@pytest.mark.parametrize(
    ("text", "path", "query"),
    [
        ("http://h:4318/", "/", ""),
        ("http://h:4318/v1/traces", "/v1/traces", ""),
        ("https://h/otlp?key=a/b?c", "/otlp", "key=a/b?c"),
        ("https://h?key=x", "", "key=x"),
        ("https://h/a%20b;c=d@e", "/a%20b;c=d@e", ""),
    ],
)
def test_path_and_query_of_a_url(text: str, path: str, query: str) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.path, endpoint.query) == (path, query)


def test_reports_never_show_a_query_because_it_may_hold_a_key() -> None:
    assert shown_endpoint("https://h/otlp?key=hunter2") == "https://h/otlp?***"
    assert shown_endpoint("https://h/otlp") == "https://h/otlp"
    assert shown_endpoint("h:4317") == "h:4317"


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("localhost:4317", "localhost", 4317), ("https://[fe80::1]", "fe80::1", 443)],
)
def test_host_and_port_as_sockets_take_them(text: str, host: str, port: int) -> None:
    endpoint = parse_endpoint(text)
    assert (endpoint.host, endpoint.port, endpoint.socket_path) == (host, port, None)


@pytest.mark.parametrize("text", ["unix:/run/otlp.sock", "unix:///run/otlp.sock"])
def test_the_file_of_a_unix_socket(text: str) -> None:
    assert parse_endpoint(text).socket_path == "/run/otlp.sock"


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
        ("localhost:4318/v1/traces", "has a path; write it as a URL"),
        ("localhost:4317?x=y", "has a path"),
        ("http://h:4318/a b", "must be percent-encoded"),
        ("http://h:4318/a#b", "must be percent-encoded"),
        ("http://h:4318/a\r\nx: y", "must be percent-encoded"),
        ("http://[::1", "is not host:port"),
        ("http://h:", "is not host:port"),
        ("http://:4318", "is not host:port"),
        ("unix:", "path of the Unix socket is missing"),
        ("local host:4317", "is not host:port"),
    ],
)
def test_what_is_no_endpoint_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_endpoint(text)


@pytest.mark.parametrize("text", ["http://h:99999/x?key=hunter2", "h:1?key=hunter2"])
def test_a_query_is_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="h:") as caught:
        parse_endpoint(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["https://me:hunter2@h:4317", "me:hunter2@h:4317", "ftp://hunter2@h", "hunter2@"]
)
def test_credentials_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"use otlp\.headers") as caught:
        parse_endpoint(text)
    assert "hunter2" not in str(caught.value)
