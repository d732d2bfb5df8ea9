"""Metrics: which, how they are reported, and how many time series each has."""

import fnmatch
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.base import Percentage, Positive, Section
from telemetry_generator.config.choices import suggestion
from telemetry_generator.config.custom_metrics import (
    Bounds,
    CustomMetric,
    FamilyName,
    SeriesCount,
    TemporalityName,
)
from telemetry_generator.metrics.application import is_made_up
from telemetry_generator.metrics.catalogue import catalogue_names
from telemetry_generator.metrics.definition import Temporality

MAX_METRICS = 1_000_000

ENUMERATORS = ("app.tenant", "app.shard", "app.series")
"""Attributes that tell series apart when a metric's own run out: the first that it lacks, for
machines and workloads from the second on."""

Pattern = Annotated[str, Field(min_length=1)]
Patterns = Annotated[tuple[Pattern, ...], Field(strict=False)]


class TimeSeriesConfig(Section):
    """How many time series a metric has: `default` ± 1/6, kept within `min` and `max`."""

    min: Positive = 100
    """Fewest time series of a metric."""
    max: Annotated[int, Field(gt=0, le=1_000_000)] = 500
    """Most time series of a metric."""
    default: Positive = 300
    """Typical number of time series of a metric."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.default <= self.max:
            order = f"min {self.min}, default {self.default}, max {self.max}"
            raise ValueError(f"must be min <= default <= max, not {order}")
        return self


class ExemplarConfig(Section):
    """Exemplars: measurements in a metric that name the span they were taken of."""

    percentage: Percentage = 20
    """Share of the points of fitting metrics that carry an exemplar, if there are traces."""


class ExplosionConfig(Section):
    """A cardinality explosion: some metrics get an attribute with a value for every series."""

    metrics: Patterns = ()
    """Names of the metrics, with `*` for anything; otherwise `percentage` chooses."""
    percentage: Percentage = 1
    """Share of the metrics that explode, when `metrics` names none."""
    attribute: Annotated[str, Field(min_length=1)] = "user.id"
    """The attribute, such as `user.id`, `session.id` or `url.full`."""
    series: SeriesCount = 10_000
    """Number of series of each such metric."""


class ChurnConfig(Section):
    """Series churn: some series end within the set, and others take their places."""

    percentage: Annotated[float, Field(gt=0, le=100)] = 20
    """Share of the series that live in a part of the horizon only."""
    generations: Annotated[int, Field(ge=2, le=1000)] = 4
    """Number of parts of the horizon; with each, these series get a new id."""
    attribute: Annotated[str, Field(min_length=1)] = "k8s.pod.uid"
    """The attribute that carries the id."""

    @field_validator("attribute")
    @classmethod
    def _is_free(cls, attribute: str) -> str:
        if attribute in ENUMERATORS:
            raise ValueError("this attribute already tells other series apart")
        return attribute


class OverrideConfig(Section):
    """Settings for some metrics of the catalogue; where several match, the last wins."""

    metrics: Annotated[tuple[Pattern, ...], Field(min_length=1, strict=False)]
    """Names of the metrics, with `*` for anything."""
    series: SeriesCount | None = None
    """Exact number of time series of each."""
    temporality: TemporalityName | None = None
    """`cumulative` or `delta`."""
    exponential: bool | None = None
    """Whether its histograms are exponential."""
    bounds: Bounds = ()
    """Bounds of the buckets of its explicit histograms, ascending."""


class MetricsConfig(Section):
    """Metrics: a selection from the catalogue, then the user's own, then application metrics."""

    metric_count: Annotated[int, Field(gt=0, le=MAX_METRICS)] | None = None
    """Number of metrics: a random choice of what is selected; what is missing is made up of
    application metrics. Absent means all that are selected."""
    timeseries_per_metric: TimeSeriesConfig = TimeSeriesConfig()
    """How many time series a metric has."""
    families: Annotated[tuple[FamilyName, ...], Field(strict=False)] = ()
    """Families of the catalogue to select from; empty means all."""
    include: Patterns = ()
    """Names of metrics of the catalogue to select, with `*` for anything; empty means all."""
    exclude: Patterns = ()
    """Names of metrics of the catalogue to leave out, with `*` for anything."""
    style: Literal["semconv", "collector"] = "semconv"
    """For names that have two definitions, whose to take: `semconv` or `collector`."""
    temporality: TemporalityName = Temporality.CUMULATIVE
    """`cumulative` or `delta`, for counters and histograms."""
    points_per_series: Annotated[int, Field(gt=0, le=100_000)] = 1
    """Number of scrapes: each series has a point for every one of them."""
    exponential_histograms: Percentage = 10
    """Share of the catalogue's histograms that are exponential, in percent of the metrics."""
    exemplars: ExemplarConfig = ExemplarConfig()
    """Exemplars: measurements in a metric that name the span they were taken of."""
    custom: Annotated[tuple[CustomMetric, ...], Field(strict=False)] = ()
    """Metrics of your own."""
    catalogues: Patterns = ()
    """YAML files with metrics of your own, under the key `metrics`."""
    overrides: Annotated[tuple[OverrideConfig, ...], Field(strict=False)] = ()
    """Settings for some metrics of the catalogue; where several match, the last wins."""
    explosion: ExplosionConfig | None = None
    """A cardinality explosion; absent is off."""
    churn: ChurnConfig | None = None
    """Series churn; absent is off."""

    @field_validator("custom")
    @classmethod
    def _names_differ(cls, metrics: tuple[CustomMetric, ...]) -> tuple[CustomMetric, ...]:
        taken = set(catalogue_names())
        for at, metric in enumerate(metrics):
            if metric.name in taken or is_made_up(metric.name):
                raise MisplacedError((at, "name"), f"there is already a metric {metric.name!r}")
            taken.add(metric.name)
        return metrics

    @field_validator("include", "exclude")
    @classmethod
    def _in_catalogue(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        _check_patterns(patterns, catalogue_names())
        return patterns

    @model_validator(mode="after")
    def _patterns_match(self) -> Self:
        if self.catalogues:
            return self  # the names in those files are not known yet
        names = [*catalogue_names(), *(metric.name for metric in self.custom)]
        for at, override in enumerate(self.overrides):
            _check_patterns(override.metrics, names, ("overrides", at, "metrics"))
        if self.explosion is not None:
            _check_patterns(self.explosion.metrics, names, ("explosion", "metrics"))
        return self

    @model_validator(mode="after")
    def _attributes_differ(self) -> Self:
        if self.explosion and self.churn and self.explosion.attribute == self.churn.attribute:
            raise MisplacedError(("churn", "attribute"), "the explosion has this attribute")
        return self

    @model_validator(mode="after")
    def _room_for_custom(self) -> Self:
        if self.metric_count is not None and self.metric_count < len(self.custom):
            problem = f"{self.metric_count} is less than the {len(self.custom)} custom metrics"
            raise MisplacedError(("metric_count",), problem)
        return self


def _check_patterns(patterns: tuple[str, ...], names: Sequence[str], path: ConfigPath = ()) -> None:
    """Raise an error for a pattern that fits no name; `app.` may mean what is made up later."""
    for at, pattern in enumerate(patterns):
        if not pattern.startswith("app.") and not fnmatch.filter(names, pattern):
            problem = f"no metric is called {pattern!r}, {suggestion(pattern, names)}"
            raise MisplacedError((*path, at), problem)
