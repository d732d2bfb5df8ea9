"""Selection: by family, name and number, and how each metric is reported."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emitter_world import metric_topology
from metric_series import series_factory
from telemetry_common.errors import UsageError
from telemetry_generator.metrics.definition import (
    Family,
    Instrument,
    MetricDefinition,
    Source,
    Temporality,
)

_TOPOLOGY = metric_topology()


def _selected(settings: Mapping[str, Any] | None = None, seed: int = 7) -> list[MetricDefinition]:
    factory = series_factory(_TOPOLOGY, settings, seed)
    return [factory.definition(number) for number in range(factory.metrics)]


def _names(settings: Mapping[str, Any] | None = None, seed: int = 7) -> list[str]:
    return [metric.name for metric in _selected(settings, seed)]


def test_everything_that_somebody_reports_is_selected_unless_told_otherwise() -> None:
    names = _names()
    assert len(set(names)) == len(names)
    families = {metric.family for metric in _selected()}
    assert families == set(Family) - {Family.DOTNET, Family.ASPNETCORE}  # nothing is in .NET here


def test_families_select() -> None:
    assert {metric.family for metric in _selected({"families": ["jvm", "db"]})} == {
        Family.JVM,
        Family.DB,
    }


def test_names_select_and_leave_out() -> None:
    names = _names({"include": ["system.cpu.*", "system.uptime"], "exclude": ["*.load_average.*"]})
    assert sorted(names) == [
        "system.cpu.frequency",
        "system.cpu.logical.count",
        "system.cpu.physical.count",
        "system.cpu.time",
        "system.cpu.utilization",
        "system.uptime",
    ]


@pytest.mark.parametrize("style", ["semconv", "collector"])
def test_a_name_with_two_definitions_has_the_chosen_style(style: str) -> None:
    by_name = {metric.name: metric for metric in _selected({"style": style})}
    assert by_name["system.cpu.time"].source == style
    assert by_name["system.cpu.load_average.1m"].source is Source.COLLECTOR
    assert by_name["jvm.cpu.time"].source is Source.SEMCONV


def test_a_number_is_a_seeded_choice() -> None:
    assert len(_names({"metric_count": 20})) == 20
    assert set(_names({"metric_count": 20})) != set(_names({"metric_count": 20}, seed=8))


def test_a_larger_number_keeps_the_metrics_of_a_smaller_one() -> None:
    few, more = _names({"metric_count": 20}), _names({"metric_count": 2000})
    assert more[:20] == few


def test_what_the_catalogue_cannot_give_is_made_up() -> None:
    metrics = _selected({"metric_count": 6000})
    assert len({metric.name for metric in metrics}) == 6000
    made_up = metrics[len(_names()) :]
    assert all(metric.name.startswith("app.") for metric in made_up)
    assert {metric.instrument for metric in made_up} == set(Instrument)


def test_metrics_of_ones_own_are_always_in() -> None:
    config = {"metric_count": 3, "families": ["host"], "custom": [{"name": "shop.a"}]}
    names = _names(config)
    assert names[0] == "shop.a"
    assert len(names) == 3


def test_catalogue_files_may_define_no_more_than_the_number_of_metrics(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("metrics: [{name: shop.a}, {name: shop.b}]")
    with pytest.raises(UsageError, match="less than the 2 metrics"):
        _names({"metric_count": 1, "catalogues": [str(file)]})


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"families": ["host", "dotnet"]}, "metrics.families"),
        ({"include": ["dotnet.*"]}, "metrics.include"),
        ({"families": ["host"], "include": ["jvm.*"]}, "metrics.families"),
        ({"custom": [{"name": "a", "reported_by": "dotnet"}]}, "metrics.custom a"),
    ],
)
def test_what_nobody_can_report_is_refused(config: dict[str, Any], place: str) -> None:
    with pytest.raises(UsageError, match="nothing in the generated system") as caught:
        _names(config)
    assert caught.value.place == place


def test_metrics_of_another_language_need_a_service_in_it() -> None:
    services = tuple(replace(each, language="dotnet") for each in _TOPOLOGY.services)
    factory = series_factory(replace(_TOPOLOGY, services=services), {"families": ["dotnet"]})
    assert factory.metrics == 19


@pytest.mark.parametrize("temporality", list(Temporality))
def test_temporality_concerns_counters_and_histograms(temporality: Temporality) -> None:
    for metric in _selected({"temporality": temporality.value, "metric_count": 500}):
        expected = temporality if metric.instrument.has_temporality else None
        assert metric.temporality is expected


def test_the_configured_share_of_histograms_is_exponential() -> None:
    kinds = [
        {metric.name for metric in _selected(config) if metric.instrument is Instrument.EXPONENTIAL}
        for config in ({"exponential_histograms": share} for share in (0, 50, 100))
    ]
    assert kinds[0] == {"app.cart.size", "app.checkout.duration"}
    assert kinds[0] < kinds[1] < kinds[2]
    assert len(kinds[1]) - 2 == pytest.approx((len(kinds[2]) - 2) / 2, abs=1)
    everything = _selected({"exponential_histograms": 100})
    assert Instrument.HISTOGRAM not in {metric.instrument for metric in everything}


def test_overrides_concern_the_metrics_they_name_and_the_last_wins() -> None:
    config = {
        "overrides": [
            {"metrics": ["http.*"], "series": 40, "temporality": "delta"},
            {"metrics": ["http.server.request.duration"], "series": 90, "exponential": True},
            {"metrics": ["app.checkout.duration"], "exponential": False, "bounds": [1, 2]},
        ]
    }
    by_name = {metric.name: metric for metric in _selected(config)}
    duration = by_name["http.server.request.duration"]
    assert (duration.series, duration.temporality) == (90, Temporality.DELTA)
    assert duration.instrument is Instrument.EXPONENTIAL
    assert not duration.bounds
    assert by_name["http.client.request.duration"].series == 40
    assert by_name["http.client.active_requests"].temporality is None
    assert list(by_name["app.checkout.duration"].bounds) == [1, 2]
    assert by_name["db.client.operation.duration"].temporality is Temporality.CUMULATIVE


def test_an_exact_number_of_series_is_exact() -> None:
    config = {
        "include": ["system.cpu.time"],
        "overrides": [{"metrics": ["system.*"], "series": 61}],
    }
    factory = series_factory(_TOPOLOGY, config)
    assert factory.total == sum(len(series) for series in factory.chunk(0)) == 61
