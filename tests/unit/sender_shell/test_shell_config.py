"""The documented configuration loads as written; every bad value is refused with its place."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_config
from telemetry_common.config import load_config, parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig, public_view

LEAST = "input:\n  traces: t.pb\notlp:\n  endpoint: localhost:4317\n"

# The example of the system that this one replaces, key by key.
DOCUMENTED = """
input:
  traces: "./generated/telemetry-traces.pb"
  metrics: "./generated/telemetry-metrics.pb"
  logs: "./generated/telemetry-logs.pb"
otlp:
  endpoint: "api.honeycomb.io:443"
  headers:
    x-honeycomb-team: "${HONEYCOMB_API_KEY}"
  insecure: false
sending:
  rate_limit:
    events_per_second: 10000
  batch_size:
    traces: 100
    metrics: 1000
    logs: 1000
  concurrency: 10
  duration: "5m"
  multiplier: 10
timestamps:
  jitter_ms: 100
  backdate_ms: 0
"""


def speaks_plaintext(config: SenderConfig) -> bool:
    endpoint = config.otlp.endpoint_of(Signal.TRACES)
    assert endpoint is not None
    return config.otlp.is_plaintext(endpoint)


def load(text: str) -> SenderConfig:
    return validate(SenderConfig, parse_yaml(text, "s.yaml"))


def test_the_documented_example_loads_as_written() -> None:
    config = load(DOCUMENTED)
    assert config.input.files == {
        signal: Path(f"generated/telemetry-{signal}.pb")
        for signal in (Signal.TRACES, Signal.METRICS, Signal.LOGS)
    }
    assert config.otlp.endpoint == "api.honeycomb.io:443"
    assert config.otlp.headers == {"x-honeycomb-team": "${HONEYCOMB_API_KEY}"}
    assert not speaks_plaintext(config)
    assert config.sending.rate_limit.intended == 10_000
    assert [config.sending.batch_size.of(signal) for signal in Signal] == [100, 1000, 1000, 1000]
    assert (config.sending.duration, config.sending.multiplier) == (300.0, 10)
    assert (config.timestamps.jitter_nanos, config.timestamps.backdate_nanos) == (10**8, 0)


def test_input_and_endpoint_are_enough() -> None:
    config = load(LEAST)
    assert config.sending.rate_limit.intended == 10_000
    assert config.sending.rate_limit.burst_seconds == 2.0
    assert config.sending.concurrency == 10
    assert (config.sending.duration, config.sending.multiplier) == (0.0, 0)
    assert config.sending.grace_period == 10.0
    assert (config.otlp.timeout, config.otlp.connect_timeout) == (10.0, 10.0)
    assert config.otlp.max_message_size == 4 << 20
    retry = config.sending.retry
    assert (retry.max_attempts, retry.initial_backoff, retry.max_backoff) == (5, 0.1, 5.0)


def test_zero_jitter_is_zero_and_not_a_default() -> None:
    config = load(LEAST + "timestamps:\n  jitter_ms: 0\n")
    assert config.timestamps.jitter_nanos == 0


@pytest.mark.parametrize("rate", [0, -1, -0.5])
def test_a_rate_of_zero_or_less_means_unlimited(rate: float) -> None:
    config = load(LEAST + f"sending:\n  rate_limit:\n    events_per_second: {rate}\n")
    assert config.sending.rate_limit.intended is None


@pytest.mark.parametrize(
    ("written", "seconds"), [("5m", 300.0), ("0", 0.0), ("90", 90.0), ("1.5", 1.5), ('"90"', 90.0)]
)
def test_durations_have_units_or_are_seconds(written: str, seconds: float) -> None:
    assert load(LEAST + f"sending:\n  duration: {written}\n").sending.duration == seconds


@pytest.mark.parametrize(
    ("endpoint", "insecure", "plaintext"),
    [
        ("h:4317", False, False),
        ("h:4317", True, True),
        ("http://h:4317", False, True),
        ("https://h:4317", True, False),
        ("unix:/run/otlp.sock", True, True),
    ],
)
def test_the_scheme_decides_about_tls_and_then_insecure(
    endpoint: str, insecure: bool, plaintext: bool
) -> None:
    config = make_config(otlp={"endpoint": endpoint, "insecure": insecure})
    assert speaks_plaintext(config) == plaintext


BAD_VALUES = [
    ("sending.concurrency", "0"),
    ("sending.concurrency", "-1"),
    ("sending.concurrency", "1.5"),
    ("sending.concurrency", "true"),
    ("sending.concurrency", "10001"),
    ("sending.concurrency", "many"),
    ("sending.batch_size.traces", "0"),
    ("sending.batch_size.metrics", "-5"),
    ("sending.batch_size.logs", '"100"'),
    ("sending.batch_size.profiles", "0"),
    ("sending.multiplier", "-1"),
    ("sending.duration", "-5"),
    ("sending.duration", "5 minutes"),
    ("sending.duration", "true"),
    ("sending.duration", "[1]"),
    ("sending.grace_period", "-1s"),
    ("sending.rate_limit.events_per_second", "fast"),
    ("sending.rate_limit.events_per_second", ".nan"),
    ("sending.rate_limit.events_per_second", ".inf"),
    ("sending.rate_limit.events_per_second", "true"),
    ("sending.rate_limit.burst_seconds", "0"),
    ("sending.retry.max_attempts", "0"),
    ("sending.retry.initial_backoff", "0s"),
    ("sending.retry.max_backoff", "-1s"),
    ("otlp.timeout", "0"),
    ("otlp.timeout", "-1s"),
    ("otlp.connect_timeout", "0s"),
    ("otlp.max_message_size", "0"),
    ("otlp.max_message_size", "-1"),
    ("otlp.max_message_size", "2GB"),
    ("otlp.max_message_size", "big"),
    ("otlp.insecure", "perhaps"),
    ("otlp.endpoint", "localhost"),
    ("otlp.endpoint", "localhost:0"),
    ("otlp.endpoint", "ftp://localhost:4317"),
    ("otlp.endpoint", "[]"),
    ("otlp.headers", "x=y"),
    ("otlp.headers", "{a: 5}"),
    ("timestamps.jitter_ms", "-1"),
    ("timestamps.backdate_ms", "-1"),
    ("timestamps.backdate_ms", "1e15"),
    ("input.traces", "5"),
]


@pytest.mark.parametrize(("key", "value"), BAD_VALUES)
def test_a_bad_value_names_file_line_and_key(tmp_path: Path, key: str, value: str) -> None:
    *sections, name = key.split(".")
    file = tmp_path / "s.yaml"
    lines = LEAST.splitlines()
    if sections[0] in ("input", "otlp"):
        lines = [line for line in lines if not line.startswith(f"  {name}:")]
        place = lines.index(f"{sections[0]}:") + 2
        lines.insert(place - 1, f"  {name}: {value}")
    else:
        lines += [f"{'  ' * depth}{section}:" for depth, section in enumerate(sections)]
        lines.append(f"{'  ' * len(sections)}{name}: {value}")
        place = len(lines)
    file.write_text("\n".join(lines))
    with pytest.raises(ConfigError) as caught:
        load_config(SenderConfig, file)
    assert caught.value.place == f"{file}:{place}"
    assert caught.value.problem.startswith(key)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("key", "value"), BAD_VALUES)
def test_a_bad_override_names_its_key(tmp_path: Path, key: str, value: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(LEAST)
    with pytest.raises(ConfigError) as caught:
        load_config(SenderConfig, file, [f"{key}={value}"])
    assert caught.value.place == f"--set {key}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("input: {}\notlp: {endpoint: 'h:1'}", "input: no template file"),
        ("otlp: {endpoint: 'h:1'}", "input: missing"),
        ("input: {traces: t}\notlp: {}", "otlp.endpoint: missing"),
        (
            LEAST + "  client_key: k.pem\n",
            "otlp: client_certificate and client_key belong together",
        ),
        (
            LEAST + "  insecure: true\n  certificate: c\n",
            "otlp: certificates and server_name have no effect",
        ),
        (
            LEAST + "sending: {retry: {initial_backoff: 9s}}",
            "sending.retry: max_backoff is below initial_backoff",
        ),
        (LEAST + "  header: {a: b}\n", "otlp.header: unknown key"),
        (LEAST + "sending: {batchsize: 3}", "sending.batchsize: unknown key"),
        (LEAST + "sending: {rate_limit: 1000}", "sending.rate_limit: "),
        (LEAST + "sinks: {name: otlp, options: {a: 1}}", "sinks.options: the sink 'otlp'"),
        (
            LEAST + "sending: {rate_limit: {arrivals: poisson, events_per_second: 0}}",
            "sending.rate_limit.arrivals: has no effect without a rate",
        ),
        (
            LEAST + "timestamps: {mode: timeline}\nsending: {rate_limit: {arrivals: poisson}}",
            "sending.rate_limit.arrivals: has no effect without a rate",
        ),
        (LEAST + "  headers: {A: x, a: y}\n", "otlp.headers: two header names differ"),
    ],
)
def test_sections_that_contradict_themselves_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert caught.value.problem.startswith(problem)


@pytest.mark.parametrize(
    "pace",
    [
        "rate_limit: {arrivals: poisson}",
        "rate_limit: {arrivals: poisson, events_per_second: adaptive}",
        "rate_limit: {arrivals: poisson, events_per_second: 0, signals: {traces: 5}}",
        "{shape: ramp, rate_limit: {arrivals: poisson}}",
    ],
)
def test_random_gaps_go_with_everything_that_says_when_requests_are_due(pace: str) -> None:
    text = f"sending: {pace}" if pace.startswith("{") else f"sending:\n  {pace}"
    assert load(LEAST + text).sending.rate_limit.arrivals == "poisson"


@given(
    rate=st.floats(min_value=-1e9, max_value=1e9),
    concurrency=st.integers(min_value=1, max_value=10_000),
    duration=st.integers(min_value=0, max_value=10**6),
    multiplier=st.integers(min_value=0, max_value=10**9),
    jitter=st.floats(min_value=0, max_value=1e6),
)
def test_valid_settings_arrive_unchanged(
    rate: float, concurrency: int, duration: int, multiplier: int, jitter: float
) -> None:
    sending: dict[str, Any] = {
        "rate_limit": {"events_per_second": rate},
        "concurrency": concurrency,
        "duration": duration,
        "multiplier": multiplier,
    }
    config = make_config(sending=sending, timestamps={"jitter_ms": jitter})
    assert config.sending.rate_limit.intended == (rate if rate > 0 else None)
    assert config.sending.concurrency == concurrency
    assert (config.sending.duration, config.sending.multiplier) == (duration, multiplier)
    assert config.timestamps.jitter_nanos == round(jitter * 1e6)


def test_the_public_view_is_a_configuration_again() -> None:
    """A report can be turned into a run: units are seconds and bytes, placeholders stay."""
    config = load(DOCUMENTED)
    assert SenderConfig.model_validate(public_view(config)) == config
    assert yaml.safe_load(yaml.safe_dump(public_view(config))) == public_view(config)


@pytest.mark.parametrize("name", ["sender.yaml", "sender-max.yaml"])
def test_committed_examples_are_valid(name: str) -> None:
    example = Path(__file__).parents[3] / "configs" / name
    config = load_config(SenderConfig, example)
    assert speaks_plaintext(config)
    assert len(config.input.files) == 3
