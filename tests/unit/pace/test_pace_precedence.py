"""Who decides about the rate: shape or setting, file or command line."""

from pathlib import Path
from typing import Any

import pytest

from telemetry_common.errors import ConfigError
from telemetry_sender.config.loading import load_sender_config
from telemetry_sender.config.named_shapes import NAMED_SHAPES
from telemetry_sender.config.sending import SendingConfig

RAMP = "{kind: ramp, from: 1, to: 9, over: 1m}"


def sending(folder: Path, lines: str, *overrides: str) -> SendingConfig:
    """Return the `sending` section of a file with these lines in it, and overrides over it."""
    file = folder / "sender.yaml"
    indented = "".join(f"  {line}\n" for line in lines.splitlines())
    head = "input: {traces: t.pb}\notlp: {endpoint: '127.0.0.1:4317'}\nsending:\n"
    file.write_text(f"{head}  grace_period: 10s\n{indented}")
    return load_sender_config(file, overrides, {}).sending


@pytest.fixture
def load(tmp_path: Path) -> Any:
    return lambda lines, *overrides: sending(tmp_path, lines, *overrides)


@pytest.mark.parametrize(
    ("name", "shape", "seconds", "batch", "workers"),
    [
        ("low", {"kind": "constant", "rate": 100}, 60, 10, 1),
        ("medium", {"kind": "constant", "rate": 1000}, 300, 100, 2),
        ("high", {"kind": "constant", "rate": 10_000}, 600, 1000, 4),
        ("stress", {"kind": "constant", "rate": 50_000}, 1800, 5000, 8),
        ("burst", {"kind": "burst", "base": 100, "peak": 5000, "for": 10, "every": 60}, 600, 0, 0),
        ("realistic", {"kind": "sine", "low": 500, "high": 3500, "period": 300}, 3600, 0, 0),
        ("endurance", {"kind": "constant", "rate": 500}, 86_400, 50, 2),
        ("spike", {"kind": "burst", "base": 100, "peak": 20_000, "for": 30, "every": 300}, 900, 0,
         0),
        ("ramp", {"kind": "ramp", "from": 100, "to": 10_000, "over": 1200, "then": "hold"}, 1200, 0,
         0),
        ("chaos", {"kind": "random_walk", "low": 100, "high": 15_000, "period": 60, "step": 1},
         1800, 0, 0),
    ],
)  # fmt: skip
def test_a_named_shape_stands_for_what_is_documented(
    load: Any, name: str, shape: dict[str, Any], seconds: float, batch: int, workers: int
) -> None:
    """Where it says nothing of batches and workers, they stay as they are."""
    found, plain = load(f"shape: {name}"), load("")
    assert NAMED_SHAPES[name].shape.model_dump(by_alias=True, exclude_none=True) == shape
    assert found.rate_limit.events_per_second is None
    assert found.duration == seconds
    assert found.batch_size.logs == (batch or plain.batch_size.logs)
    assert found.concurrency == (workers or plain.concurrency)


@pytest.mark.parametrize("place", ["file", "command line"])
def test_what_is_said_beside_a_named_shape_beats_it(load: Any, place: str) -> None:
    if place == "file":
        found = load(
            "shape: stress\nrate_limit: {events_per_second: 7}\nduration: 3s\n"
            "batch_size: {traces: 4}\nmultiplier: 2"
        )
    else:
        found = load(
            "", "sending.rate_limit.events_per_second=7", "sending.shape=stress",
            "sending.duration=3s", "sending.batch_size.traces=4", "sending.multiplier=2",
        )  # fmt: skip
    assert found.shape is None
    assert found.rate_limit.events_per_second == 7
    assert (found.duration, found.multiplier) == (3, 2)
    assert (found.batch_size.traces, found.batch_size.logs) == (4, 5000)
    assert found.concurrency == 8


def test_a_shape_on_the_command_line_beats_the_file(load: Any) -> None:
    """All that the name stands for; the file keeps what the shape does not speak of."""
    found = load(
        "rate_limit: {events_per_second: 7, burst_seconds: 5}\nduration: 3s\nmultiplier: 4\n"
        "batch_size: {traces: 4}\nconcurrency: 3",
        "sending.shape=realistic",
    )
    assert found.shape == "realistic"
    assert found.rate_limit.events_per_second is None
    assert found.rate_limit.burst_seconds == 5
    assert (found.duration, found.multiplier) == (3600, 0)
    assert (found.batch_size.traces, found.concurrency) == (4, 3)


def test_a_shape_on_the_command_line_beats_the_shape_of_the_file(load: Any) -> None:
    assert load(f"shape: {RAMP}", "sending.shape=low").shape == "low"
    described = load("shape: stress\nduration: 5s", f"sending.shape={RAMP}")
    assert described.shape.kind == "ramp"
    assert (described.duration, described.concurrency) == (5, 10)


@pytest.mark.parametrize("shape", ["stress", RAMP])
def test_a_rate_on_the_command_line_beats_the_shape_of_the_file(load: Any, shape: str) -> None:
    found = load(f"shape: {shape}", "sending.rate_limit.events_per_second=70")
    assert (found.shape, found.rate_limit.events_per_second) == (None, 70)
    assert found.concurrency == (8 if shape == "stress" else 10)


@pytest.mark.parametrize("rate", ["0", "adaptive", "12.5"])
def test_no_limit_and_an_adaptive_rate_are_rates_as_well(load: Any, rate: str) -> None:
    found = load("shape: stress", f"sending.rate_limit.events_per_second={rate}")
    assert found.shape is None
    assert str(found.rate_limit.events_per_second).removesuffix(".0") == rate


def test_a_described_shape_and_a_rate_in_one_place_are_a_contradiction(load: Any) -> None:
    with pytest.raises(ConfigError, match="the shape says the rate, too") as caught:
        load(f"shape: {RAMP}\nrate_limit: {{events_per_second: 5}}")
    assert caught.value.place.endswith("sender.yaml:6")
    assert caught.value.fix == "remove one of the two"


def test_an_unknown_key_of_a_shape_gets_the_keys_of_its_kind(load: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        load("shape: {kind: ramp, form: 1, to: 2, over: 1m}")
    assert caught.value.fix == "did you mean 'from'?"
    with pytest.raises(ConfigError) as caught:
        load("shape: {kind: sine, low: 1, high: 2, period: 1m, zzz: 1}")
    assert caught.value.fix == "known keys: low, high, kind, period"


def test_a_key_of_the_shape_of_the_file_may_be_replaced(load: Any) -> None:
    found = load(f"shape: {RAMP}", "sending.shape.to=20")
    assert (found.shape.kind, found.shape.to) == ("ramp", 20)


def test_a_configuration_may_be_read_again_from_what_it_says(load: Any) -> None:
    """A run's report holds the configuration; it says the same when it is used once more."""
    for lines in ("", "shape: stress", f"shape: {RAMP}", "shape: low\nduration: 1s"):
        found = load(lines)
        assert SendingConfig.model_validate(found.model_dump(by_alias=True)) == found


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ("strss", "did you mean 'stress'"),
        ("{kind: ramps}", "kind is missing or not one of burst, "),
        ("{from: 1, to: 2}", "kind is missing or not one of"),
        ("{kind: ramp, from: 1, to: 2, over: 1m, ovr: 1}", "sending.shape.ovr: unknown key"),
        ("{kind: ramp, from: 1, to: 2}", "sending.shape.over: missing"),
        ("{kind: ramp, from: 0, to: 0, over: 1m}", "from and to are both 0"),
        ("{kind: ramp, from: -1, to: 2, over: 1m}", "greater than or equal to 0"),
        ("{kind: ramp, from: .inf, to: 2, over: 1m}", "finite"),
        ("{kind: steps, each: 1m}", "needs either rates, or from, to and by"),
        ("{kind: steps, each: 1m, rates: [1], from: 1, to: 2, by: 1}", "needs either"),
        ("{kind: steps, each: 1m, rates: [0, 0]}", "every rate is 0"),
        ("{kind: steps, each: 1m, from: 1, to: 1000000, by: 1}", "more than 10,000 steps"),
        ("{kind: stages, stages: []}", "at least 1 item"),
        ("{kind: stages, stages: [{to: 0, over: 1m}]}", "every rate is 0"),
        ("{kind: sine, low: 5, high: 4, period: 1m}", "sending.shape.high: is below low"),
        ("{kind: sine, low: 0, high: 0, period: 1m}", "greater than 0"),
        ("{kind: burst, base: 5, peak: 6, every: 10s, for: 10s}", "is not below every"),
        ("{kind: spike, base: 7, peak: 6, at: 10s, for: 10s}", "is below base"),
        ("{kind: random_walk, low: 1, high: 2, period: 1s, step: 2s}", "is above period"),
        ("{kind: constant, rate: 0}", "greater than 0"),
        ("7", "valid string"),
    ],
)
def test_a_shape_that_cannot_be_is_refused_with_its_place(
    load: Any, shape: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(f"shape: {shape}")
    assert problem in caught.value.problem
    assert caught.value.place.endswith("sender.yaml:5")
