"""The metrics section: every mistake is named with file, line and key, and what to write."""

from pathlib import Path

import pytest

from telemetry_common.config import load_config
from telemetry_common.errors import ConfigError, UsageError
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.metrics.definition import Axis, Driver, Instrument, Reporter, Temporality
from telemetry_generator.metrics.user import user_metrics

_COMPLETE = """\
custom:
  - name: shop.checkout.duration
    description: How long a checkout takes.
    unit: s
    instrument: histogram
    range: [0.05, 0.8]
    driver: latency
    rate: 2.5
    bounds: [0.1, 0.5, 1]
    attributes:
      shop.step: [address, payment, confirm]
      shop.attempt: 1..3
      shop.express: [true, false]
    family: http
    reported_by: http_server
    temporality: delta
    series: 24
"""


def _load(tmp_path: Path, text: str) -> MetricsConfig:
    file = tmp_path / "metrics.yaml"
    file.write_text(text)
    return load_config(MetricsConfig, file)


def test_a_metric_of_ones_own_has_everything_that_a_catalogue_metric_has(tmp_path: Path) -> None:
    (metric,) = user_metrics(_load(tmp_path, _COMPLETE))
    assert (metric.name, metric.unit) == ("shop.checkout.duration", "s")
    assert metric.instrument is Instrument.HISTOGRAM
    assert list(metric.bounds) == [0.1, 0.5, 1]
    assert metric.reporter is Reporter.HTTP_SERVER
    assert metric.temporality is Temporality.DELTA
    assert metric.series == 24
    assert not metric.is_int
    values = metric.values
    assert (values.low, values.high, values.driver) == (0.05, 0.8, Driver.LATENCY)
    assert values.rate == 2.5
    assert metric.axes[1] == Axis(tuple((("shop.attempt", number),) for number in (1, 2, 3)))
    assert metric.axes[2] == Axis(((("shop.express", True),), (("shop.express", False),)))


def test_a_name_is_all_that_a_metric_needs(tmp_path: Path) -> None:
    (metric,) = user_metrics(_load(tmp_path, "custom: [{name: shop.open}]"))
    assert metric.instrument is Instrument.GAUGE
    assert metric.reporter is Reporter.SERVICE


def test_a_histogram_without_bounds_gets_those_usual_for_its_unit(tmp_path: Path) -> None:
    text = "custom: [{name: shop.open, instrument: histogram, unit: s}]"
    (metric,) = user_metrics(_load(tmp_path, text))
    assert metric.bounds[0] == 0.005


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("families: [hots]", 1, "families.0: unknown family, did you mean 'host'?"),
        ("include:\n  - http.sever.*", 2, "include.0: no metric is called 'http.sever.*'"),
        ("exclude: [system.cpu.tim]", 1, "did you mean 'system.cpu.time'?"),
        ("temporality: dleta", 1, "unknown temporality, did you mean 'delta'?"),
        ("style: semcov", 1, "style: input should be 'semconv' or 'collector'"),
        ("exponential: 3", 1, "unknown key"),
        ("overrides:\n  - metrics: [http.x]\n    series: 3", 2, "overrides.0.metrics.0: no metric"),
        ("overrides:\n  - metrics: []", 2, "overrides.0.metrics: "),
        ("explosion:\n  metrics: [nope.x]", 2, "explosion.metrics.0: no metric"),
        ("churn:\n  generations: 1", 2, "churn.generations: "),
        ("churn:\n  attribute: app.tenant", 2, "already tells other series apart"),
        ("explosion: {}\nchurn:\n  attribute: user.id", 3, "the explosion has this attribute"),
        ("custom:\n- name: system.cpu.time", 2, "there is already a metric 'system.cpu.time'"),
        ("custom:\n- name: a.b\n- name: a.b", 3, "custom.1.name: there is already a metric"),
        ("custom:\n- name: app.tax.rule_2.ratio", 2, "there is already a metric 'app.tax"),
        ("custom:\n- name: a b", 2, "custom.0.name: "),
        ("custom:\n- name: a\n  instrument: counte", 3, "did you mean 'counter'?"),
        ("custom:\n- name: a\n  range: [3, 1]", 3, "must go up"),
        ("custom:\n- name: a\n  instrument: counter\n  range: [-1, 1]", 4, "cannot fall below 0"),
        ("custom:\n- name: a\n  bounds: [1]", 3, "a gauge has no bounds"),
        ("custom:\n- name: a\n  temporality: delta", 3, "a gauge has no temporality"),
        ("custom:\n- name: a\n  instrument: histogram\n  bounds: [2, 1]", 4, "must ascend"),
        ("custom:\n- name: a\n  instrument: summary\n  quantiles: [2]", 4, "within 0 and 1"),
        ("custom:\n- name: a\n  attributes:\n    k: 5..1", 4, "a range goes up"),
        ("custom:\n- name: a\n  attributes:\n    k: 5", 4, "not a list of values"),
        ("custom:\n- name: a\n  attributes:\n    k: [x, x]", 4, "a value is given twice"),
        ("custom:\n- name: a\n  attributes:\n    k: [[1]]", 4, "is no text, number"),
        ("custom:\n- name: a\n  reported_by: hosst", 3, "did you mean 'host'?"),
        ("metric_count: 1\ncustom:\n- name: a\n- name: b", 1, "1 is less than the 2 custom"),
        ("timeseries_per_metric: {min: 5, max: 4, default: 5}", 1, "min <= default <= max"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    assert caught.value.place.endswith(f"metrics.yaml:{line}")
    assert problem in caught.value.problem


def test_patterns_may_mean_application_metrics_that_are_made_up_later(tmp_path: Path) -> None:
    text = "overrides: [{metrics: [app.checkout.*], series: 5}]\nexplosion: {metrics: [app.x.*]}"
    assert _load(tmp_path, text).overrides[0].series == 5


def test_metrics_are_read_from_catalogue_files_too(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("metrics:\n- name: shop.a\n- name: shop.b\n")
    config = MetricsConfig.model_validate({"catalogues": [str(file)]})
    assert [metric.name for metric in user_metrics(config)] == ["shop.a", "shop.b"]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("metrics:\n- name: shop.a\n  untt: s", 3, "unknown key"),
        ("metrics:\n- name: shop.a\n  number: integer", 3, "number: input should be"),
        ("metrics:\n- name: shop.own", 2, "there is already a metric 'shop.own'"),
        ("metrics:\n- name: shop.a\n- name: shop.a", 3, "there is already a metric 'shop.a'"),
        ("metrics:\n- name: system.uptime", 2, "there is already a metric 'system.uptime'"),
        ("metrics:\n- name: app.cart.item.count", 2, "there is already a metric 'app.cart"),
        ("metrics: []", 1, "metrics: "),
        ("metrics:\n- name: [", 2, "not valid YAML"),
    ],
)
def test_a_typo_in_a_catalogue_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(text)
    config = MetricsConfig.model_validate(
        {"catalogues": [str(file)], "custom": [{"name": "shop.own"}]}
    )
    with pytest.raises(ConfigError) as caught:
        user_metrics(config)
    assert caught.value.place == f"{file}:{line}"
    assert problem in caught.value.problem


def test_a_catalogue_file_that_is_not_there_is_the_users_mistake(tmp_path: Path) -> None:
    config = MetricsConfig.model_validate({"catalogues": [str(tmp_path / "none.yaml")]})
    with pytest.raises(UsageError, match="no such file"):
        user_metrics(config)
