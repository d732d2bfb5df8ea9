"""Metrics: names and types, series, data points, exemplars."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    Metric,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
)

from telemetry_generator.reading.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, id_words
from telemetry_generator.reading.interner import Interner
from telemetry_generator.validation.attributes import key_problem
from telemetry_generator.validation.kinds import Kind
from telemetry_generator.validation.points import (
    VALUE_CHECKS,
    Point,
    exemplars_of,
    points_of,
    time_problem,
)
from telemetry_generator.validation.resources import Resources
from telemetry_generator.validation.series import SeriesLedger, canonical
from telemetry_generator.validation.span_table import SpanIndex
from telemetry_generator.validation.template_file import TemplateFile


@dataclass(slots=True)
class MetricChecks:
    """Checks the metrics of a file; `index` is None in a set without traces."""

    file: TemplateFile[MetricsData]
    resources: Resources
    horizon_nanos: int
    index: SpanIndex | None
    _names: Interner = field(default_factory=Interner)
    _traits: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)
    _series: SeriesLedger = field(default_factory=SeriesLedger)

    def check_file(self) -> None:
        """Check every metric and point, then the series of all of them."""
        for data in self.file.messages():
            for each in data.resource_metrics:
                self._check_resource(each)
        self.file.count(time_series=self._series.distinct())
        names = self._names.texts

        def describe(point: int) -> tuple[str, str]:
            metric = names[self._series.metric_of(point)]
            return f"metric {metric} point {point:,}", "another point has the same series and time"

        self.file.report_rows(Kind.SERIES, self._series.repeated(), describe)

    def _check_resource(self, group: ResourceMetrics) -> None:
        self.resources.service(group.resource, self.file.name)
        self.file.count(resources=1)
        resource = canonical(group.resource.attributes)
        for scope in group.scope_metrics:
            self._check_names(scope)
            prefix = b"\1".join([resource, scope.scope.SerializeToString()])
            for metric in scope.metrics:
                self._check_metric(metric, scope.scope.name, prefix)

    def _check_names(self, scope: ScopeMetrics) -> None:
        seen: set[str] = set()
        for metric in scope.metrics:
            place = f"metric {metric.name} of scope {scope.scope.name}"
            if not metric.name:
                self.file.report(Kind.METRIC_NAME, place, "has no name")
            elif metric.name in seen:
                self.file.report(Kind.METRIC_NAME, place, "is there twice under one resource")
            seen.add(metric.name)

    def _check_metric(self, metric: Metric, scope: str, prefix: bytes) -> None:
        kind = metric.WhichOneof("data")
        points = points_of(metric)
        self.file.count(events=len(points))
        if kind is None:
            self.file.report(Kind.METRIC_IDENTITY, f"metric {metric.name}", "has no data")
            return
        self._check_traits(metric, kind, scope)
        self._series.begin(self._names.number(metric.name))
        identity = b"\1".join([prefix, metric.name.encode(), b""])
        for point in points:
            self._series.add(identity + canonical(point.attributes), point.time_unix_nano)
            self._check_point(metric.name, kind, point)
        self._check_exemplars(metric.name, points)

    def _check_traits(self, metric: Metric, kind: str, scope: str) -> None:
        data = getattr(metric, kind)
        temporality = getattr(data, "aggregation_temporality", None)
        traits = (kind, metric.unit, temporality, getattr(data, "is_monotonic", None))
        known = self._traits.setdefault((scope, metric.name), traits)
        place = f"metric {metric.name} of scope {scope}"
        if known != traits:
            problem = f"is a {_described(traits)} here and a {_described(known)} elsewhere"
            self.file.report(Kind.METRIC_IDENTITY, place, problem)
        if temporality == 0:
            self.file.report(Kind.METRIC_IDENTITY, place, "has no aggregation temporality")

    def _check_point(self, name: str, kind: str, point: Point) -> None:
        value_kind, check = VALUE_CHECKS[kind]
        if problem := check(point):
            self._report(value_kind, name, point, problem)
        if found := time_problem(point, self.horizon_nanos):
            self._report(found[0], name, point, found[1])
        if problem := key_problem(point.attributes):
            self._report(Kind.ATTRIBUTE_KEY, name, point, problem)

    def _check_exemplars(self, name: str, points: Sequence[Point]) -> None:
        exemplars = [each for point in points for each in exemplars_of(point)]
        if not exemplars:
            return
        traces, wrong = id_words([each.trace_id for each in exemplars], TRACE_ID_BYTES)
        spans, wrong_too = id_words([each.span_id for each in exemplars], SPAN_ID_BYTES)
        place = f"metric {name}"
        widths = np.flatnonzero(wrong | wrong_too).tolist()
        self.file.report_rows(Kind.EXEMPLAR, widths, lambda _: (place, "an id of a wrong width"))
        if self.index is not None:
            lost = np.flatnonzero(self.index.unresolved(traces, spans[:, 0])).tolist()
            problem = "an exemplar names a span that is not in the set"
            self.file.report_rows(Kind.EXEMPLAR, lost, lambda _: (place, problem))
        outside = [each for each in exemplars if not 1 <= each.time_unix_nano <= self.horizon_nanos]
        problem = "an exemplar's time is not within 1 .. horizon"
        self.file.report_rows(Kind.TIME, range(len(outside)), lambda _: (place, problem))

    def _report(self, kind: Kind, name: str, point: Point, problem: str) -> None:
        attributes = ", ".join(pair.key for pair in point.attributes)
        self.file.report(kind, f"metric {name} point by [{attributes}]", problem)


def _described(traits: tuple[object, ...]) -> str:
    kind, unit, temporality, monotonic = traits
    words = [str(kind), f"in {unit!r}"]
    words += [{1: "delta", 2: "cumulative"}[temporality]] if temporality in (1, 2) else []
    words += [] if monotonic is None else ["monotonic" if monotonic else "not monotonic"]
    return ", ".join(words)
