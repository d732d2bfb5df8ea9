"""Headers: filled in from the environment, fit for gRPC, and secret everywhere else."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sender_results import make_config
from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_sender.config.model import SenderConfig, public_view
from telemetry_sender.sinks.endpoint import MASK
from telemetry_sender.sinks.headers import expand_headers, masked_text, redactor

PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8)


def test_variables_are_filled_in_and_names_become_lower_case() -> None:
    headers = {"X-Honeycomb-Team": "${KEY}", "authorization": "Basic ${USER}:${KEY}", "x": "1"}
    environ = {"KEY": "abc", "USER": "me"}
    assert expand_headers(headers, environ) == [
        ("x-honeycomb-team", "abc"),
        ("authorization", "Basic me:abc"),
        ("x", "1"),
    ]


def test_what_a_variable_holds_is_not_expanded_again() -> None:
    assert expand_headers({"a": "${A}"}, {"A": "${B}", "B": "x"}) == [("a", "${B}")]


@pytest.mark.parametrize("environ", [{}, {"KEY": ""}])
def test_a_missing_variable_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        expand_headers({"x-key": "literal-secret ${KEY}"}, environ)
    assert str(caught.value) == (
        "otlp.headers.x-key: environment variable KEY is not set; export KEY"
    )


@pytest.mark.parametrize("value", ["secret\n", " secret", "sec\x00ret", "sécret", "secret\r\nx: y"])
def test_values_that_http_would_change_are_refused_unseen(value: str) -> None:
    with pytest.raises(ConfigError, match=r"otlp.headers.x: the value is not printable") as caught:
        expand_headers({"x": "${KEY}"}, {"KEY": value})
    assert "ret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("x y", "letters, digits"),
        ("", "letters, digits"),
        (":path", "letters, digits"),
        ("größe", "letters, digits"),
        ("grpc-timeout", "reserved by gRPC"),
        ("x-bin", "binary headers"),
    ],
)
def test_names_that_grpc_refuses_are_refused_when_loaded(name: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        make_config(otlp={"endpoint": "h:1", "headers": {name: "x"}})


@pytest.mark.parametrize("text", ["${", "${}", "${KEY", "${1A}", "${a b}", "x${${KEY}}"])
def test_broken_placeholders_are_refused_when_loaded(text: str) -> None:
    with pytest.raises(ValueError, match=r"write environment variables as \$\{NAME\}"):
        make_config(otlp={"endpoint": "h:1", "headers": {"x": text}})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("${KEY}", "${KEY}"),
        ("secret", "***"),
        ("Bearer ${KEY}", "***${KEY}"),
        ("${A}:${B}", "${A}***${B}"),
        ("", ""),
    ],
)
def test_the_public_view_keeps_placeholders_only(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@given(name=st.sampled_from(["authorization", "x-key"]), secret=PRINTABLE)
def test_a_literal_value_shows_neither_in_the_view_nor_in_repr(name: str, secret: str) -> None:
    assume("${" not in secret)
    config = make_config(otlp={"endpoint": "h:1", "headers": {name: secret}})
    public = make_config(otlp={"endpoint": "h:1", "headers": {name: MASK}})
    assert public_view(config) == public_view(public)
    assert repr(config) == repr(public)


@given(secret=PRINTABLE, message=st.text(max_size=30), scheme=st.sampled_from(["", "Bearer "]))
def test_receivers_cannot_echo_a_value(secret: str, message: str, scheme: str) -> None:
    redact = redactor([("authorization", scheme + secret)])
    shown = redact(f"{message} rejected {secret}; header {scheme}{secret}")
    assert shown.count(MASK) >= 2
    assert secret not in shown.replace(MASK, "") or secret in message


def test_the_longest_value_is_masked_first() -> None:
    redact = redactor([("a", "abcd"), ("b", "abcdefgh")])
    assert redact("abcdefgh abcd abcde") == "*** *** ***e"


def test_without_headers_messages_stay_as_they_are() -> None:
    assert redactor([])("anything at all") == "anything at all"
    assert redactor([("x-version", "1")])("1 of 11") == "1 of 11"


@pytest.mark.parametrize(
    "headers",
    [
        "{x-key: [hunter2]}",
        "{x-key: {hunter2: 1}}",
        "hunter2",
        "{x-key: 'hunter2 ${'}",
        "{'x key': hunter2}",
        "{x-bin: hunter2}",
        "{X-Key: hunter2, x-key: hunter2}",
    ],
)
def test_a_bad_header_never_shows_a_value_in_its_error(headers: str) -> None:
    text = f"input: {{traces: t}}\notlp:\n  endpoint: h:1\n  headers: {headers}\n"
    with pytest.raises(ConfigError) as caught:
        validate(SenderConfig, parse_yaml(text, "s.yaml"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.place == "s.yaml:4"
