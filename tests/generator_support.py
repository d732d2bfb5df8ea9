"""Template sets for tests: made through the real writer, decoded with the real protobuf classes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, MetricsData
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from no_progress import NoProgress
from telemetry_common.manifest import Manifest, load_manifest
from telemetry_generator.chunks import in_order
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.set_writer import write_set
from telemetry_generator.sources import make_sources


def types(http_access: float, application: float, system: float) -> dict[str, dict[str, float]]:
    """Return the configuration of log type percentages."""
    shares = {"http_access": http_access, "application": application, "system": system}
    return {name: {"percentage": share} for name, share in shares.items()}


def configuration(**changes: Any) -> GeneratorConfig:
    """Return a small configuration with all signals on; keyword arguments replace sections."""
    sections: dict[str, Any] = {
        "seed": 1,
        "traces": {"count": 60, "services": {"count": 10}},
        "metrics": {
            "metric_count": 40,
            "timeseries_per_metric": {"min": 5, "max": 20, "default": 12},
        },
        "logs": {"count": 300, "types": types(40, 40, 20)},
    }
    return GeneratorConfig.model_validate(sections | changes)


def generate(
    directory: Path, config: GeneratorConfig, *, with_json: bool = False
) -> "GeneratedSet":
    """Write a set into `directory` and return it."""
    output = config.output.model_copy(update={"directory": str(directory)})
    config = config.model_copy(update={"output": output})
    directory.mkdir(parents=True, exist_ok=True)
    written = write_set(config, make_sources(config), in_order, NoProgress(), with_json=with_json)
    return GeneratedSet(directory, load_manifest(written.path))


@dataclass(frozen=True)
class PlacedSpan:
    """A decoded span and the resource that it stands under."""

    resource: Resource
    span: Span

    @property
    def service(self) -> Any:
        return attributes(self.resource.attributes)["service.name"]


@dataclass(frozen=True)
class PlacedMetric:
    resource: Resource
    metric: Metric


@dataclass(frozen=True)
class PlacedLog:
    resource: Resource
    record: LogRecord

    @property
    def attributes(self) -> dict[str, Any]:
        return attributes(self.record.attributes)


@dataclass(frozen=True)
class GeneratedSet:
    """A set on disk, decoded when asked for."""

    directory: Path
    manifest: Manifest

    def raw(self, signal: str) -> bytes:
        return (
            self.directory / f"{self.manifest.configuration['output']['prefix']}-{signal}.pb"
        ).read_bytes()

    @cached_property
    def spans(self) -> list[PlacedSpan]:
        return [
            PlacedSpan(group.resource, span)
            for group in TracesData.FromString(self.raw("traces")).resource_spans
            for scope in group.scope_spans
            for span in scope.spans
        ]

    @cached_property
    def by_id(self) -> dict[bytes, PlacedSpan]:
        return {placed.span.span_id: placed for placed in self.spans}

    @cached_property
    def children(self) -> list[tuple[PlacedSpan, PlacedSpan]]:
        """Pairs of parent and child."""
        return [
            (self.by_id[placed.span.parent_span_id], placed)
            for placed in self.spans
            if placed.span.parent_span_id
        ]

    @cached_property
    def metrics(self) -> list[PlacedMetric]:
        return [
            PlacedMetric(group.resource, metric)
            for group in MetricsData.FromString(self.raw("metrics")).resource_metrics
            for scope in group.scope_metrics
            for metric in scope.metrics
        ]

    @cached_property
    def logs(self) -> list[PlacedLog]:
        return [
            PlacedLog(group.resource, record)
            for group in LogsData.FromString(self.raw("logs")).resource_logs
            for scope in group.scope_logs
            for record in scope.log_records
        ]


def attributes(pairs: Any) -> dict[str, Any]:
    """Return attributes as a dictionary; a repeated key is an error."""
    found = {pair.key: _plain(pair) for pair in pairs}
    assert len(found) == len(pairs), "an attribute key is repeated"
    return found


def _plain(pair: KeyValue) -> Any:
    return getattr(pair.value, str(pair.value.WhichOneof("value")))


def points(metric: Metric) -> list[Any]:
    """Return the points of a gauge, a sum or a histogram."""
    return list(getattr(metric, str(metric.WhichOneof("data"))).data_points)


def template_files(directory: Path) -> Mapping[str, bytes]:
    """Return the bytes of every file in a directory, by name."""
    return dict(_files(directory))


def _files(directory: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(directory.iterdir()):
        yield path.name, path.read_bytes()
