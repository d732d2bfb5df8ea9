"""OTEL_EXPORTER_OTLP_* variables lie beneath the configuration and mean what OpenTelemetry says."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.config.environment import with_environment
from telemetry_sender.config.loading import load_sender_config
from telemetry_sender.config.model import SenderConfig, public_view
from telemetry_sender.config.otlp import Compression, OtlpProtocol
from telemetry_sender.sinks.destination import destinations, secrets

INPUT = "input: {traces: t.pb, logs: l.pb}\n"


def load(otlp: str = "", **variables: str) -> SenderConfig:
    """Load a configuration with this `otlp` section; `variables` lack their common beginning."""
    text = INPUT + (f"otlp: {otlp}\n" if otlp else "")
    environ = {f"OTEL_EXPORTER_OTLP_{name}": value for name, value in variables.items()}
    return validate(SenderConfig, with_environment(parse_yaml(text, "s.yaml"), environ))


def targets(config: SenderConfig) -> dict[Signal, str]:
    found = destinations(config.otlp, config.input.files, {})
    return {signal: to.endpoint.target for signal, to in found.items()}


def test_the_endpoint_need_not_be_configured_when_the_variable_is_set() -> None:
    assert set(targets(load(ENDPOINT="http://h:4317")).values()) == {"h:4317"}


def test_every_variable_fills_its_key() -> None:
    otlp = load(
        ENDPOINT="collector:4318",
        PROTOCOL="http/protobuf",
        INSECURE="False",
        HEADERS="a=1,b=x%20y%2Cz",
        COMPRESSION="gzip",
        TIMEOUT="2500",
        CERTIFICATE="ca.pem",
        CLIENT_CERTIFICATE="client.pem",
        CLIENT_KEY="key.pem",
    ).otlp
    assert otlp.endpoint == "collector:4318"
    assert (otlp.protocol, otlp.compression) == (OtlpProtocol.HTTP_PROTOBUF, Compression.GZIP)
    assert not otlp.insecure
    assert otlp.headers == {"a": "1", "b": "x y,z"}
    assert otlp.timeout == 2.5
    assert otlp.certificate == Path("ca.pem")
    assert (otlp.client_certificate, otlp.client_key) == (Path("client.pem"), Path("key.pem"))


CONFIGURED = {
    "ENDPOINT": ("endpoint", "h:1", "other:2"),
    "PROTOCOL": ("protocol", "http/json", "http/protobuf"),
    "INSECURE": ("insecure", False, "true"),
    "HEADERS": ("headers", {"a": "x"}, "b=2"),
    "COMPRESSION": ("compression", "none", "gzip"),
    "TIMEOUT": ("timeout", 3.0, "1000"),
}


@pytest.mark.parametrize("variable", CONFIGURED)
def test_the_configuration_beats_the_variable(variable: str) -> None:
    key, value, other = CONFIGURED[variable]
    section = {"endpoint": "h:1", key: value}
    text = ", ".join(f"{name}: {each}" for name, each in section.items()).replace("'", "")
    otlp = load("{" + text + "}", **{variable: other}).otlp
    assert otlp.model_dump(mode="json")[key] == value


def test_a_key_without_a_value_leaves_it_to_the_variable() -> None:
    assert load("{endpoint: }", ENDPOINT="h:4317").otlp.endpoint == "h:4317"


def test_an_empty_variable_is_not_set() -> None:
    assert load("{endpoint: h:1}", TIMEOUT="", COMPRESSION=" ").otlp.timeout == 10.0


def test_a_signal_may_have_an_endpoint_and_headers_of_its_own() -> None:
    config = load(
        ENDPOINT="http://all:4317", LOGS_ENDPOINT="http://logs:4317", LOGS_HEADERS="k=v",
        HEADERS="general=1",
    )  # fmt: skip
    assert targets(config) == {Signal.TRACES: "all:4317", Signal.LOGS: "logs:4317"}
    found = destinations(config.otlp, config.input.files, {})
    assert found[Signal.TRACES].headers == (("general", "1"),)
    assert found[Signal.LOGS].headers == (("k", "v"),)


def test_endpoints_of_all_signals_are_enough() -> None:
    config = load(TRACES_ENDPOINT="http://t:4317", LOGS_ENDPOINT="http://l:4317")
    assert targets(config) == {Signal.TRACES: "t:4317", Signal.LOGS: "l:4317"}


def test_an_endpoint_of_the_configuration_silences_the_variables_of_single_signals() -> None:
    """It speaks for all signals, and nothing may go elsewhere behind the user's back."""
    config = load(
        "{endpoint: h:1, headers: {a: b}}", LOGS_ENDPOINT="http://elsewhere:1", LOGS_HEADERS="c=d"
    )
    assert set(targets(config).values()) == {"h:1"}
    assert config.otlp.signal_headers.of(Signal.LOGS) is None


def test_an_endpoint_of_a_single_signal_leaves_the_rest_to_the_variables() -> None:
    config = load("{endpoints: {logs: l:1}}", ENDPOINT="all:2", LOGS_ENDPOINT="elsewhere:3")
    assert targets(config) == {Signal.TRACES: "all:2", Signal.LOGS: "l:1"}


def test_certificates_of_the_environment_are_for_tls_only() -> None:
    """Exporters ignore them in plaintext; those of the configuration would be a mistake."""
    variables = {"CERTIFICATE": "ca.pem", "CLIENT_CERTIFICATE": "c.pem", "CLIENT_KEY": "k.pem"}
    assert load("{endpoint: 'http://h:1'}", **variables).otlp.certificate is None
    assert load("{endpoint: h:1, insecure: true}", **variables).otlp.client_key is None
    assert load("{endpoint: 'https://h:1'}", **variables).otlp.certificate == Path("ca.pem")
    with pytest.raises(ConfigError, match="have no effect without TLS"):
        load("{endpoint: 'http://h:1', certificate: ca.pem}", **variables)


BAD = [
    ("PROTOCOL", "thrift", "otlp.protocol"),
    ("COMPRESSION", "brotli", "otlp.compression"),
    ("COMPRESSION", "zstd", "gRPC cannot compress with zstd"),
    ("TIMEOUT", "10s", "whole number of milliseconds"),
    ("TIMEOUT", "-1", "whole number of milliseconds"),
    ("TIMEOUT", "0", "otlp.timeout"),
    ("INSECURE", "perhaps", "neither true nor false"),
    ("ENDPOINT", "hunter2", "is not host:port"),
    ("ENDPOINT", "https://me:hunter2@h:1", "carries no credentials"),
    ("ENDPOINT", "http://h:4317/v1/traces", "has a path"),
    ("LOGS_ENDPOINT", "http://h:4317/v1/logs", "has a path"),
    ("HEADERS", "hunter2", "has no '='"),
    ("HEADERS", "a b=hunter2", "a name cannot be sent"),
    ("HEADERS", "x=hunter2%0Ay", "not plain printable ASCII"),
    ("HEADERS", "x=${hunter2}", "not plain printable ASCII"),
    ("LOGS_HEADERS", "content-type=hunter2", "a name cannot be sent"),
]


@pytest.mark.parametrize(("variable", "value", "problem"), BAD)
def test_a_bad_value_is_an_error_that_names_the_variable(
    variable: str, value: str, problem: str
) -> None:
    variables = {"ENDPOINT": "http://h:1", variable: value}
    with pytest.raises(ConfigError) as caught:
        load(**variables)
    assert caught.value.place == f"OTEL_EXPORTER_OTLP_{variable}"
    assert problem in str(caught.value)
    assert caught.value.exit_code == 2
    if "HEADERS" in variable or "@" in value:
        assert "hunter2" not in str(caught.value)


def test_without_any_endpoint_the_error_names_key_and_variable() -> None:
    with pytest.raises(ConfigError) as caught:
        load("{endpoints: {traces: t:1}}")
    assert "otlp.endpoint: missing, and logs have none of their own" in caught.value.problem
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in caught.value.fix


NAMES = st.from_regex(r"[a-z][a-z0-9_.]{0,9}", fullmatch=True).filter(lambda n: n != "te")
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1).filter(
    lambda value: "${" not in value
)


@given(headers=st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_header_can_be_written_percent_encoded(headers: dict[str, str]) -> None:
    coded = ",".join(f"{quote(name)}={quote(value, safe='')}" for name, value in headers.items())
    assert load("{endpoint: h:1}", HEADERS=coded).otlp.headers == headers


@given(secret=st.text(st.characters(min_codepoint=0x61, max_codepoint=0x7A), min_size=20))
def test_header_values_never_show_and_are_masked_in_messages(secret: str) -> None:
    config = load(
        ENDPOINT=f"https://h?key={secret}", PROTOCOL="http/protobuf", HEADERS=f"a={secret}",
        LOGS_HEADERS=f"b=Bearer%20{secret}",
    )  # fmt: skip
    assert secret not in f"{public_view(config)} {config!r}"
    found = secrets(config.otlp, {})
    assert {value for _, value in found} == {secret, f"key={secret}", f"Bearer {secret}"}


def test_what_was_read_stays_as_it_was() -> None:
    source = parse_yaml(INPUT + "otlp: {endpoints: {logs: l:1}}\n", "s.yaml")
    with_environment(source, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t:1"})
    assert source.values["otlp"] == {"endpoints": {"logs": "l:1"}}


@pytest.mark.parametrize("otlp", ["[]", "text", "{endpoints: text}", "{endpoints: {logs: 5}}"])
def test_a_section_of_the_wrong_kind_stays_the_users_mistake(otlp: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(otlp, ENDPOINT="http://h:1", TRACES_ENDPOINT="http://t:1", HEADERS="a=b")
    assert caught.value.place.startswith("s.yaml:2")


def test_a_file_loads_with_overrides_above_it_and_the_environment_beneath(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(INPUT + "otlp: {timeout: 3s}\n")
    environ: dict[str, Any] = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://h:4317",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1000",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
    }
    otlp = load_sender_config(file, ["otlp.compression=gzip"], environ).otlp
    assert (otlp.endpoint, otlp.timeout) == ("http://h:4317", 3.0)
    assert otlp.compression is Compression.GZIP
