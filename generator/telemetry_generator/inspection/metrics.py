"""The metrics of a set: what each is, and how many series it has."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, ResourceMetrics

from telemetry_common.signals import Signal
from telemetry_generator.inspection.cardinality import Census
from telemetry_generator.inspection.model import MetricFacts, MetricsFacts

MOST_METRICS = 20_000
LISTED = 500
_TEMPORALITIES = {1: "delta", 2: "cumulative"}


@dataclass(slots=True)
class _Metric:
    type: str
    unit: str
    temporality: str
    description: str
    points: int = 0
    resources: int = 0
    exemplars: int = 0
    low: float | None = None
    high: float | None = None

    def see(self, values: Sequence[float]) -> None:
        """Widen the range of the values."""
        if values:
            self.low = min(values) if self.low is None else min(self.low, *values)
            self.high = max(values) if self.high is None else max(self.high, *values)


@dataclass(slots=True)
class MetricReader:
    """Counts metrics as they go by; those beyond a limit are not kept, which `left_out` tells."""

    census: Census
    left_out: int = 0
    _metrics: dict[str, _Metric] = field(default_factory=dict)
    _types: Counter[str] = field(default_factory=Counter)
    _families: Counter[str] = field(default_factory=Counter)

    def read(self, resources: Sequence[ResourceMetrics]) -> None:
        """Count the metrics of some resources."""
        for group in resources:
            self.census.add((Signal.METRICS, "resource"), group.resource.attributes)
            for scope in group.scope_metrics:
                for metric in scope.metrics:
                    self._read(metric)

    def facts(self) -> MetricsFacts:
        """Return what was counted."""
        listed = sorted(self._metrics.items(), key=lambda item: (-item[1].points, item[0]))
        return MetricsFacts(
            metrics=len(self._metrics) + self.left_out,
            points=self._types.total(),
            types=dict(self._types.most_common()),
            families=dict(self._families.most_common()),
            listed=tuple(_facts(name, metric) for name, metric in listed[:LISTED]),
        )

    def _read(self, metric: Metric) -> None:
        kind = metric.WhichOneof("data")
        if kind is None:
            return
        points = getattr(metric, kind).data_points
        self._types[kind.replace("_", " ")] += len(points)
        self._families[family_of(metric.name)] += len(points)
        pairs = [pair for point in points for pair in point.attributes]
        self.census.add((Signal.METRICS, "data point"), pairs)
        known = self._known(metric, kind)
        if known is None:
            return
        known.points += len(points)
        known.resources += 1
        known.exemplars += sum(len(getattr(point, "exemplars", ())) for point in points)
        if kind in ("gauge", "sum"):
            known.see([point.as_double if point.HasField("as_double") else point.as_int
                       for point in points])  # fmt: skip

    def _known(self, metric: Metric, kind: str) -> _Metric | None:
        known = self._metrics.get(metric.name)
        if known is None and len(self._metrics) >= MOST_METRICS:
            self.left_out += 1
            return None
        if known is None:
            known = self._metrics[metric.name] = _described(metric, kind)
        return known


def family_of(name: str) -> str:
    """Return the first part of a metric's name, as in `system` of `system.cpu.time`."""
    return name.replace("_", ".").partition(".")[0]


def _described(metric: Metric, kind: str) -> _Metric:
    data: Any = getattr(metric, kind)
    name = kind.replace("_", " ")
    if kind == "sum":
        name = "counter" if data.is_monotonic else "up-down counter"
    temporality = _TEMPORALITIES.get(getattr(data, "aggregation_temporality", 0), "")
    return _Metric(name, metric.unit, temporality, metric.description[:300])


def _facts(name: str, metric: _Metric) -> MetricFacts:
    return MetricFacts(
        name=name,
        family=family_of(name),
        type=metric.type,
        unit=metric.unit,
        temporality=metric.temporality,
        description=metric.description,
        points=metric.points,
        resources=metric.resources,
        exemplars=metric.exemplars,
        low=metric.low,
        high=metric.high,
    )
