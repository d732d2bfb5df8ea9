"""Selection: which metrics a set has, and how each of them is reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from telemetry_common.errors import UsageError
from telemetry_common.ids import derive_key
from telemetry_generator.config.choices import suggestion
from telemetry_generator.config.metrics import MetricsConfig, OverrideConfig
from telemetry_generator.metrics.application import application_metric
from telemetry_generator.metrics.catalogue import load_catalogue
from telemetry_generator.metrics.definition import (
    Instrument,
    MetricDefinition,
    Reporter,
    Temporality,
)
from telemetry_generator.metrics.emitters import Emitters
from telemetry_generator.metrics.user import default_bounds, user_metrics


@dataclass(frozen=True, slots=True)
class Selection:
    """The metrics of a set: those listed, then application metrics made up by number."""

    listed: tuple[MetricDefinition, ...]
    made_up: int
    temporality: Temporality

    def __len__(self) -> int:
        return len(self.listed) + self.made_up

    def definition(self, number: int) -> MetricDefinition:
        """Return metric `number`, from 0."""
        if number < len(self.listed):
            return self.listed[number]
        return with_temporality(application_metric(number - len(self.listed)), self.temporality)


def with_temporality(definition: MetricDefinition, temporality: Temporality) -> MetricDefinition:
    """Return the metric with the temporality that it has unless it says otherwise."""
    if not definition.instrument.has_temporality or definition.temporality is not None:
        return definition
    return replace(definition, temporality=temporality)


def select_metrics(config: MetricsConfig, emitters: Emitters, seed: int) -> Selection:
    """Return the metrics of a set. A larger `metric_count` keeps the metrics of a smaller one.

    The user's own metrics are all in; then comes a seeded choice from the catalogue, of what
    somebody reports, then application metrics. Raises UsageError when the configuration asks for
    what the system cannot report, or for fewer metrics than it defines.
    """
    own = user_metrics(config)
    catalogue = _reported(_chosen_style(config), config, emitters)
    catalogue.sort(key=lambda metric: derive_key(seed, "choice", metric.name))
    _check_reporters(own, emitters)
    room = len(catalogue) if config.metric_count is None else config.metric_count - len(own)
    if room < 0:
        raise UsageError(
            "metrics.metric_count",
            f"{config.metric_count} is less than the {len(own)} metrics of your own",
            "raise it, or leave it out",
        )
    kept = _exponential(catalogue, config, seed)[:room]
    listed = (_finished(metric, config) for metric in (*own, *kept))
    return Selection(tuple(listed), room - len(kept), config.temporality)


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a metric's name fits one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _chosen_style(config: MetricsConfig) -> list[MetricDefinition]:
    """Return the catalogue's selected metrics, one of each name."""
    by_name: dict[str, MetricDefinition] = {}
    for metric in load_catalogue():
        if metric.name not in by_name or metric.source == config.style:
            by_name[metric.name] = metric
    return [metric for metric in by_name.values() if _is_selected(metric, config)]


def _is_selected(metric: MetricDefinition, config: MetricsConfig) -> bool:
    return (
        (not config.families or metric.family in config.families)
        and (not config.include or matches(metric.name, config.include))
        and not matches(metric.name, config.exclude)
    )


def _reported(
    selected: Iterable[MetricDefinition], config: MetricsConfig, emitters: Emitters
) -> list[MetricDefinition]:
    """Return the metrics that somebody reports, unless one was asked for in vain."""
    metrics = [metric for metric in selected if len(emitters.reporting(metric.reporter))]
    for family in config.families:
        if not any(metric.family is family for metric in metrics):
            raise _unreported("metrics.families", family.value)
    for pattern in config.include:
        if not any(matches(metric.name, (pattern,)) for metric in metrics):
            raise _unreported("metrics.include", pattern)
    return metrics


def _unreported(place: str, what: str) -> UsageError:
    return UsageError(
        place,
        f"nothing in the generated system reports {what!r}, or the rest of the selection rules"
        " it out",
        "leave it out, or add a service that does",
    )


def _check_reporters(own: Sequence[MetricDefinition], emitters: Emitters) -> None:
    for metric in own:
        if not len(emitters.reporting(metric.reporter)):
            present = [each.value for each in Reporter if len(emitters.reporting(each))]
            raise UsageError(
                f"metrics.custom {metric.name}",
                f"nothing in the generated system is a {metric.reporter.value!r}",
                suggestion(metric.reporter.value, present),
            )


def _exponential(
    catalogue: Sequence[MetricDefinition], config: MetricsConfig, seed: int
) -> list[MetricDefinition]:
    """Make the configured share of the catalogue's histograms exponential."""
    names = [metric.name for metric in catalogue if metric.instrument is Instrument.HISTOGRAM]
    names.sort(key=lambda name: derive_key(seed, "exponential", name))
    chosen = frozenset(names[: round(len(names) * config.exponential_histograms / 100)])
    return [_as_exponential(metric) if metric.name in chosen else metric for metric in catalogue]


def _as_exponential(metric: MetricDefinition) -> MetricDefinition:
    return replace(metric, instrument=Instrument.EXPONENTIAL, bounds=())


def _finished(metric: MetricDefinition, config: MetricsConfig) -> MetricDefinition:
    """Return the metric with what the configuration says about it, and about all."""
    for override in config.overrides:
        if matches(metric.name, override.metrics):
            metric = _overridden(metric, override)
    return with_temporality(metric, config.temporality)


def _overridden(metric: MetricDefinition, override: OverrideConfig) -> MetricDefinition:
    """Apply an override as far as it concerns a metric of this instrument."""
    if override.series is not None:
        metric = replace(metric, series=override.series)
    if override.temporality is not None and metric.instrument.has_temporality:
        metric = replace(metric, temporality=override.temporality)
    if override.exponential and metric.instrument is Instrument.HISTOGRAM:
        metric = _as_exponential(metric)
    if override.exponential is False and metric.instrument is Instrument.EXPONENTIAL:
        bounds = default_bounds(metric.unit)
        metric = replace(metric, instrument=Instrument.HISTOGRAM, bounds=bounds)
    if override.bounds and metric.instrument is Instrument.HISTOGRAM:
        metric = replace(metric, bounds=override.bounds)
    return metric
