"""Configuration: the documented example runs as written, and every mistake says where it is."""

from pathlib import Path

import pytest

from telemetry_common.config import load_config, parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_generator import cli
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.sources import make_sources

CONFIGS = Path(__file__).parents[3] / "configs"

DOCUMENTED = """
output: {directory: "./generated", prefix: "telemetry"}
traces: {count: 10000, spans: {avg_per_trace: 15, std_dev: 5}, services: {count: 5, names: ["api","db","cache"]}}
metrics: {metric_count: 2000, timeseries_per_metric: {min: 100, max: 500, default: 300}}
logs: {count: 50000, types: {http_access: {percentage: 40}, application: {percentage: 40}, system: {percentage: 20}}}
"""  # noqa: E501

GOOD = """\
output:
  directory: out
traces:
  count: 10
  spans:
    avg_per_trace: 5
    std_dev: 1
  services:
    count: 3
    names: [api, db]
metrics:
  metric_count: 5
  timeseries_per_metric:
    min: 1
    max: 9
    default: 4
logs:
  count: 10
  types:
    http_access: {percentage: 40}
    application: {percentage: 40}
    system: {percentage: 20}
"""

BAD = {
    "an unknown section": ("logs:", "logz:", ":17", "logz: unknown key", "'logs'"),
    "an unknown key": ("std_dev: 1", "stddev: 1", ":7", "stddev: unknown key", "'std_dev'"),
    "a word for a number": ("count: 3", "count: three", ":9", "services.count", "'three'"),
    "a string for a number": ("count: 3", 'count: "3"', ":9", "services.count", "valid integer"),
    "a truth for a number": ("count: 3", "count: true", ":9", "services.count", "valid integer"),
    "a fraction for a count": ("count: 3", "count: 2.5", ":9", "services.count", "2.5"),
    "a negative trace count": ("count: 10\n  s", "count: -1\n  s", ":4", "traces.count", "-1"),
    "no spans": ("avg_per_trace: 5", "avg_per_trace: 0", ":6", "avg_per_trace", "0"),
    "a negative deviation": ("std_dev: 1", "std_dev: -1", ":7", "std_dev", "-1"),
    "no services": ("count: 3", "count: 0", ":9", "services.count", "greater than 0"),
    "more names than services": ("count: 3", "count: 1", ":8", "2 names for a count of 1", ""),
    "a name twice": ("[api, db]", "[api, api]", ":10", "'api' is named twice", ""),
    "an empty name": ("[api, db]", '[api, ""]', ":10", "names.1", ""),
    "no metrics": ("metric_count: 5", "metric_count: 0", ":12", "metric_count", "greater than 0"),
    "no series": ("min: 1", "min: 0", ":14", "timeseries_per_metric.min", "greater than 0"),
    "min above default": ("min: 1", "min: 5", ":13", "min <= default <= max", "min 5"),
    "default above max": ("max: 9", "max: 3", ":13", "min <= default <= max", "max 3"),
    "no logs": ("count: 10\n  types", "count: 0\n  types", ":18", "logs.count", "greater than 0"),
    "a sum of 101 percent": ("percentage: 20", "percentage: 21", ":19", "must sum to 100", "101"),
    "a negative percentage": ("percentage: 20", "percentage: -20", ":22", "system", "-20"),
    "a fine percentage": ("percentage: 20", "percentage: 20.05", ":22", "steps of 0.1", "20.05"),
    "a list for a section": ("  directory: out", "  - out", ":1", "output", ""),
    "a path in the prefix": ("directory: out", "prefix: a/b", ":2", "output.prefix", "a/b"),
    "broken YAML": ("[api, db]", "[api, db", ":", "not valid YAML", "correct the syntax"),
}  # fmt: skip


def failing(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the command on a configuration that must be refused; return the line that says why."""
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    assert cli.exit_code(["--config", str(file), "--output-dir", str(tmp_path / "out")]) == 2
    assert not (tmp_path / "out").exists()
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    return printed.err


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_mistake_is_one_line_with_its_place(
    case: tuple[str, str, str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad, line, problem, detail = case
    assert good in GOOD
    message = failing(GOOD.replace(good, bad), tmp_path, capsys)
    assert message.startswith(f"error: {tmp_path / 'bad.yaml'}{line}")
    assert problem in message
    assert detail in message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("seed: 0\n", "no signal is on"),
        ("traces: {count: 0}\n", "no signal is on"),
        ("traces: {count: 5}\nseed: -1\n", "seed"),
        ("traces: {count: 5}\nhorizon: -5m\n", "not a duration"),
        ("traces: {count: 5}\nhorizon: 0\n", "between 1s and 366d"),
        ("traces: {count: 5}\nhorizon: true\n", "not a duration"),
        ("traces: {services: {ingress: {service: nobody}}}\n", "'nobody' is none of api-gateway"),
        ("- traces\n", "not a mapping"),
        ("", "not a mapping"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(
    text: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = failing(text, tmp_path, capsys)
    assert "bad.yaml" in message
    assert problem in message


def test_the_mistakes_start_from_a_good_configuration(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    assert cli.exit_code(["--config", str(file), "--output-dir", str(tmp_path / "set")]) == 0


def test_the_documented_example_is_the_committed_one() -> None:
    documented = validate(GeneratorConfig, parse_yaml(DOCUMENTED, "documented"))
    assert documented == load_config(GeneratorConfig, CONFIGS / "generator.yaml")


def test_the_documented_example_runs_scaled_down(tmp_path: Path) -> None:
    file = tmp_path / "documented.yaml"
    file.write_text(DOCUMENTED)
    sizes = ["traces.count=100", "logs.count=500", "metrics.metric_count=300"]
    series = [f"metrics.timeseries_per_metric.{key}=10" for key in ("min", "max", "default")]
    arguments = ["--config", str(file), "--output-dir", str(tmp_path / "set")]
    arguments += [part for override in (*sizes, *series) for part in ("--set", override)]
    assert cli.exit_code(arguments) == 0
    assert (tmp_path / "set" / "telemetry-metadata.yaml").exists()


def test_the_documented_example_promises_its_sizes() -> None:
    """Series are counted before they are made: 2,000 metrics of 300, give or take a sixth."""
    config = validate(GeneratorConfig, parse_yaml(DOCUMENTED, "documented"))
    expected = {source.signal: source.steps for source in make_sources(config)}
    assert expected[Signal.TRACES] == 10_000
    assert expected[Signal.METRICS] == pytest.approx(600_000, rel=0.02)
    assert expected[Signal.LOGS] == 50_000


@pytest.mark.parametrize(
    "name", ["generator", "generator-small", "generator-committed", "generator-shop"]
)
def test_example_configurations_are_valid(name: str) -> None:
    assert load_config(GeneratorConfig, CONFIGS / f"{name}.yaml").traces is not None


@pytest.mark.parametrize("signal", Signal)
def test_each_signal_can_be_the_only_one(signal: str, tmp_path: Path) -> None:
    others = [name for name in Signal if name != signal]
    arguments = [
        "--config",
        str(CONFIGS / "generator-committed.yaml"),
        "--output-dir",
        str(tmp_path),
    ]
    arguments += [part for name in others for part in ("--set", f"{name}=null")]
    assert cli.exit_code(arguments) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted([f"small-{signal}.pb", "small-metadata.yaml"])


def test_an_override_is_named_when_it_is_wrong() -> None:
    with pytest.raises(ConfigError, match=r"--set traces.count: traces.count: .*\(got -4\)"):
        load_config(GeneratorConfig, CONFIGS / "generator.yaml", ["traces.count=-4"])


def test_every_setting_is_described() -> None:
    """The reference is made from these, so none may be missing."""
    todo = [GeneratorConfig]
    for model in todo:
        assert model.__doc__
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"
        inner = [field.annotation for field in model.model_fields.values()]
        todo += [kind for kind in inner if isinstance(kind, type) and hasattr(kind, "model_fields")]
    assert len(todo) > 1
