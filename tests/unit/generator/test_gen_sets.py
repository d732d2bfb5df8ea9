"""Whole sets: whatever the configuration, `validate` finds nothing, and the counts are as asked."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import examples
from everything import everything, shop
from generator_support import GeneratedSet, generate, points, template_files
from no_progress import NoProgress
from telemetry_common.signals import Signal
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.estimate import estimate
from telemetry_generator.generate import Options
from telemetry_generator.generate import generate as generate_as_asked
from telemetry_generator.sources import make_sources
from telemetry_generator.validation import validate_set

FEW_SERIES = {"timeseries_per_metric": {"min": 1, "default": 2, "max": 3}}
ONE_SERIES = {"timeseries_per_metric": {"min": 1, "default": 1, "max": 1}}
ONE_OF_EACH: dict[str, dict[str, Any]] = {
    "traces": {"count": 1, "spans": {"avg_per_trace": 1, "std_dev": 0}, "services": {"count": 1}},
    "metrics": {"metric_count": 1, **ONE_SERIES},
    "logs": {"count": 1},
    "profiles": {"count": 1, "samples_per_profile": 1},
}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "everything": everything(),
    "everything, compressed": everything(output={"compression": "zstd"}),
    "everything within a second": everything(horizon="1s"),
    "everything over a year": everything(horizon="366d"),
    "shop": shop(),
    "shop of small traces": shop(traces={"count": 100, "spans": {"max_per_trace": 5}}),
    "defaults": {
        "traces": {"count": 100},
        "metrics": FEW_SERIES,
        "logs": {"count": 1_000},
        "profiles": {"count": 10},
    },
    "one of each": ONE_OF_EACH,
    "only traces": {"traces": {"count": 50}},
    "only metrics": {"metrics": FEW_SERIES},
    "only logs": {"logs": {"count": 500}},
    "only profiles": {"profiles": {"count": 20}},
    "traces of a single span": {"traces": ONE_OF_EACH["traces"] | {"count": 500}},
    "every request fails": {"traces": {"count": 100, "errors": {"rate": 100, "recovery": 0}}},
    "no request has a root": {
        "traces": {"count": 100, "root": {"rootless": {"enabled": True, "percentage": 100}}},
        "logs": {"count": 500},
    },
    "many services": {"traces": {"count": 100, "services": {"count": 300}}, "logs": {"count": 500}},
}


def config_of(mapping: dict[str, Any], **changes: Any) -> GeneratorConfig:
    return GeneratorConfig.model_validate(mapping | changes)


def assert_sound(directory: Path) -> None:
    found = validate_set(directory, NoProgress())
    assert found.shown == []
    assert found.sound


@pytest.fixture(scope="module", name="full")
def everything_generated(tmp_path_factory: pytest.TempPathFactory) -> GeneratedSet:
    """The set with everything on; it is only read."""
    return generate(tmp_path_factory.mktemp("set"), config_of(everything()))


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_set_is_sound(name: str, tmp_path: Path) -> None:
    generate(tmp_path, config_of(CONFIGURATIONS[name]))
    assert_sound(tmp_path)


@pytest.mark.parametrize("seed", [0, 1, 42, (1 << 63) - 1])
@pytest.mark.parametrize("mapping", [everything(), shop()], ids=["everything", "shop"])
def test_a_set_is_sound_whatever_the_seed(
    mapping: dict[str, Any], seed: int, tmp_path: Path
) -> None:
    generate(tmp_path, config_of(mapping, seed=seed))
    assert_sound(tmp_path)


def test_the_counts_are_as_asked(full: GeneratedSet) -> None:
    files = full.manifest.files
    assert files[Signal.TRACES].traces == 250
    assert files[Signal.LOGS].events == 2_000
    assert files[Signal.PROFILES].events == 40 * 20
    assert files[Signal.METRICS].events == 3 * files[Signal.METRICS].time_series


def test_giants_have_their_size_and_no_other_trace_is_above_the_limit(full: GeneratedSet) -> None:
    sizes = Counter(placed.span.trace_id for placed in full.spans)
    assert sorted(sizes.values())[-2:] == [2_500, 2_500]
    assert sorted(sizes.values())[-3] <= 60


def test_the_limit_of_spans_holds_for_the_calls_of_a_topology(tmp_path: Path) -> None:
    """A consumer's spans are traces of their own, and count for the request that sent to it."""
    traces = {"count": 100, "spans": {"max_per_trace": 5}}
    generated = generate(tmp_path, config_of(without_signals(shop()), traces=traces))
    sizes = Counter(placed.span.trace_id for placed in generated.spans)
    assert max(sizes.values()) == 5


def test_about_as_many_traces_are_rootless_as_asked(full: GeneratedSet) -> None:
    """25 of 250 are expected, with a standard deviation of 4.7."""
    orphans = {placed.span.trace_id for placed in full.spans if is_orphan(placed.span, full)}
    assert full.manifest.files[Signal.TRACES].rootless == len(orphans)
    assert 8 <= len(orphans) <= 42


def is_orphan(span: Any, generated: GeneratedSet) -> bool:
    return bool(span.parent_span_id) and span.parent_span_id not in generated.by_id


def test_each_metric_has_as_many_points_as_asked(full: GeneratedSet) -> None:
    series: Counter[str] = Counter()
    for placed in full.metrics:
        series[placed.metric.name] += len(points(placed.metric))
    assert series.pop("system.cpu.time") == 3 * 200
    assert series.pop("shop.queue.depth") == 3 * 7
    assert all(3 * 2 <= count <= 3 * 6 for count in series.values())


def test_the_number_of_metrics_is_exact(tmp_path: Path) -> None:
    metrics = {"metric_count": 600, **ONE_SERIES}
    generated = generate(tmp_path, config_of({"metrics": metrics}))
    assert len({placed.metric.name for placed in generated.metrics}) == 600
    assert generated.manifest.files[Signal.METRICS].time_series == 600


def made_in_pieces(pieces: int) -> dict[str, Any]:
    """Return everything, so much of it that each signal has at least so many chunks."""
    mapping = everything()
    mapping["traces"]["count"] = 900 * pieces
    series = 9 * pieces
    mapping["metrics"]["timeseries_per_metric"] = {"min": series, "default": series, "max": series}
    mapping["logs"]["count"] = 7_000 * pieces
    mapping["profiles"]["count"] = 2_000 * pieces
    return mapping


def test_any_number_of_processes_makes_the_same_bytes(tmp_path: Path) -> None:
    for processes in (1, 2):
        directory = tmp_path / str(processes)
        directory.mkdir()
        config = config_of(made_in_pieces(2), output={"directory": str(directory)})
        assert all(source.chunks > 1 for source in make_sources(config))
        generate_as_asked(config, Options(processes=processes), lambda _: None)
    assert len(template_files(tmp_path / "1")) == 5
    assert template_files(tmp_path / "1") == template_files(tmp_path / "2")


def test_the_estimate_is_close(tmp_path: Path) -> None:
    config = config_of(made_in_pieces(6))
    sources = make_sources(config)
    assert all(source.chunks > 4 for source in sources), "more than the estimate looks at"
    files = generate(tmp_path, config).manifest.files
    for signal, expected in estimate(sources).signals.items():
        assert expected.bytes == pytest.approx(files[signal].bytes, rel=0.05), signal
        assert expected.events == pytest.approx(files[signal].events, rel=0.05), signal


@pytest.mark.parametrize("mapping", [everything(), shop()], ids=["everything", "shop"])
def test_a_larger_set_begins_with_the_traces_of_a_smaller_one(
    mapping: dict[str, Any], tmp_path: Path
) -> None:
    """There are no giants, which are spread over the set; late roots stand behind 32 requests."""
    del mapping["traces"]["spans"]["high_span_traces"]
    small, large = (
        generate(
            tmp_path / str(count),
            config_of({"traces": mapping["traces"] | {"count": count}, **without_signals(mapping)}),
        ).raw("traces")
        for count in (192, 512)
    )
    assert large.startswith(small)


def without_signals(mapping: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in list(Signal)}


PERCENTAGES = st.sampled_from([0, 1, 50, 100])


@st.composite
def traces_sections(draw: st.DrawFn) -> dict[str, Any]:
    """Draw traces with any of their options in any combination."""
    rootless = draw(PERCENTAGES)
    late = draw(PERCENTAGES.filter(lambda late: rootless + late <= 100))
    optional = {
        "sampling": st.fixed_dictionaries({"percentage": st.sampled_from([1, 50, 100])}),
        "links": st.fixed_dictionaries({"percentage": PERCENTAGES}),
        "events": st.fixed_dictionaries({"percentage": PERCENTAGES}),
        "custom_attributes": st.fixed_dictionaries({"percentage": PERCENTAGES}),
        "fat_spans": st.fixed_dictionaries({"percentage": PERCENTAGES}),
    }
    required = {
        "count": st.integers(1, 60),
        "errors": st.fixed_dictionaries({"rate": st.none() | PERCENTAGES, "recovery": PERCENTAGES}),
        "root": st.just(
            {
                "rootless": {"enabled": True, "percentage": rootless},
                "late_root": {"enabled": True, "percentage": late},
            }
        ),
    }
    return draw(st.fixed_dictionaries(required, optional=optional))


metrics_sections = st.fixed_dictionaries(
    {
        "metric_count": st.integers(1, 500),
        "timeseries_per_metric": st.just({"min": 1, "default": 3, "max": 5}),
    },
    optional={
        "temporality": st.sampled_from(["cumulative", "delta"]),
        "points_per_series": st.integers(1, 4),
        "exponential_histograms": PERCENTAGES,
        "exemplars": st.fixed_dictionaries({"percentage": PERCENTAGES}),
        "explosion": st.fixed_dictionaries({"series": st.integers(1, 50)}),
        "churn": st.fixed_dictionaries({"percentage": st.sampled_from([1, 50, 100])}),
        "style": st.sampled_from(["semconv", "collector"]),
    },
)
logs_sections = st.fixed_dictionaries(
    {"count": st.integers(1, 400)},
    optional={
        "spans": st.fixed_dictionaries({"percentage": PERCENTAGES}),
        "events": st.fixed_dictionaries({"percentage": PERCENTAGES}),
        "body": st.fixed_dictionaries({"structured": PERCENTAGES}),
        "stack_traces": st.fixed_dictionaries(
            {"percentage": PERCENTAGES, "place": st.sampled_from(["attribute", "body"])}
        ),
    },
)
profiles_sections = st.fixed_dictionaries(
    {"count": st.integers(1, 12), "samples_per_profile": st.integers(1, 30)},
    optional={
        "recording": st.sampled_from(["timestamps", "values", "both"]),
        "links": st.fixed_dictionaries({"spans": st.integers(0, 50), "percentage": PERCENTAGES}),
    },
)
layered_systems = st.fixed_dictionaries(
    {
        "spans": st.fixed_dictionaries(
            {"avg_per_trace": st.integers(1, 20), "std_dev": st.integers(0, 10)}
        ),
        "services": st.fixed_dictionaries({"count": st.integers(1, 20)}),
    }
)
signals = st.fixed_dictionaries(
    {
        "seed": st.integers(0, (1 << 63) - 1),
        "horizon": st.sampled_from(["1s", "10s", "10m", "24h", "366d"]),
        "traces": traces_sections(),
    },
    optional={
        "metrics": metrics_sections,
        "logs": logs_sections,
        "profiles": profiles_sections,
    },
)


@given(mapping=signals, system=layered_systems)
@examples(12)
def test_any_options_make_a_sound_set_of_any_layered_system(
    mapping: dict[str, Any], system: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("set")
    generate(directory, config_of(mapping, traces=mapping["traces"] | system))
    assert_sound(directory)


@given(mapping=signals)
@examples(6)
def test_any_options_make_a_sound_set_of_the_shop(
    mapping: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("set")
    generate(directory, config_of(without_signals(shop()) | mapping))
    assert_sound(directory)
