"""A small template set and the slow, plain way to send it: what the receiver is checked against.

Everything is one span at a time with Python integers and the protobuf classes, so that it shares
no code with the stamper, and only `mix64_int` and the keys with the receiver.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar, MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import Link, Profile, ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from otlp_profiles import profiles_naming
from telemetry_common.ids import RunKeys, mix64_int
from telemetry_common.manifest import Manifest, ManifestFile, manifest_path, template_path
from telemetry_common.signals import Signal

HORIZON_NANOS = 1_000_000
START_NANOS = 1_700_000_000_000_000_000
FOREIGN_SPAN = b"\xf0" * 8
FOREIGN_TRACE = b"\xf0" * 16


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """Templates of the four signals."""

    traces: TracesData
    metrics: MetricsData
    logs: LogsData
    profiles: ProfilesData

    @property
    def spans(self) -> list[Span]:
        """The spans in wire order."""
        return list(_spans(self.traces))


def build_reference_set(traces: int = 6, spans_per_trace: int = 5) -> ReferenceSet:
    """Return traces that are chains over two services; the last trace's root is missing.

    Every second span has a log record, every third a sample; each trace's last span links to the
    first span of the trace before it. Of links, log records, exemplars and samples, one each names
    a foreign span.
    """
    spans = TracesData()
    for trace in range(traces):
        _add_trace(spans, trace, spans_per_trace, rootless=trace == traces - 1)
    listed = list(_spans(spans))
    for trace in range(1, traces):
        target = listed[(trace - 1) * spans_per_trace]
        listed[(trace + 1) * spans_per_trace - 1].links.add(
            trace_id=target.trace_id, span_id=target.span_id
        )
    listed[0].links.add(trace_id=FOREIGN_TRACE, span_id=FOREIGN_SPAN)
    return ReferenceSet(spans, _metrics(listed), _logs(listed), _profiles(listed))


def _add_trace(spans: TracesData, trace: int, count: int, *, rootless: bool) -> None:
    services = [spans.resource_spans.add() for _ in range(min(2, count))]
    for service in services:
        service.scope_spans.add()
    parent = FOREIGN_SPAN if rootless else b""
    for depth in range(count):
        span = (
            services[depth * len(services) // count]
            .scope_spans[0]
            .spans.add(
                trace_id=(trace + 1).to_bytes(16, "big"),
                span_id=(trace * count + depth + 1).to_bytes(8, "big"),
                parent_span_id=parent,
                name="GET /orders",
                start_time_unix_nano=1 + depth,
                end_time_unix_nano=HORIZON_NANOS - depth,
            )
        )
        parent = span.span_id


def _metrics(spans: list[Span]) -> MetricsData:
    metrics = MetricsData()
    scope = metrics.resource_metrics.add().scope_metrics.add()
    gauge = scope.metrics.add(name="queue.length").gauge
    points = [gauge.data_points.add(time_unix_nano=1, as_int=each) for each in (1, 2)]
    points[0].exemplars.add(
        trace_id=spans[1].trace_id, span_id=spans[1].span_id, time_unix_nano=1, as_int=1
    )
    points[1].exemplars.add(trace_id=FOREIGN_TRACE, span_id=FOREIGN_SPAN, time_unix_nano=1)
    scope.metrics.add(name="requests").sum.data_points.add(time_unix_nano=1, as_int=3)
    scope.metrics.add(name="latency").histogram.data_points.add(time_unix_nano=1, count=1)
    exponential = scope.metrics.add(name="size").exponential_histogram
    exponential.data_points.add(time_unix_nano=1, count=1)
    scope.metrics.add(name="age").summary.data_points.add(time_unix_nano=1, count=1)
    return metrics


def _logs(spans: list[Span]) -> LogsData:
    logs = LogsData()
    scope = logs.resource_logs.add().scope_logs.add()
    for span in spans[::2]:
        scope.log_records.add(time_unix_nano=2, trace_id=span.trace_id, span_id=span.span_id)
    scope.log_records.add(time_unix_nano=2, trace_id=spans[0].trace_id)
    scope.log_records.add(time_unix_nano=2, trace_id=FOREIGN_TRACE, span_id=FOREIGN_SPAN)
    scope.log_records.add(time_unix_nano=2)
    return logs


def _profiles(spans: list[Span]) -> ProfilesData:
    profiles = profiles_naming(spans[::3])
    links = profiles.dictionary.link_table
    links.add(trace_id=FOREIGN_TRACE, span_id=FOREIGN_SPAN)
    _profile_list(profiles)[0].samples.add(link_index=len(links) - 1, values=[1])
    return profiles


def write_reference_set(templates: ReferenceSet, directory: Path) -> None:
    """Write the set as the generator does: a file a signal and the manifest."""
    counts = {
        Signal.TRACES: (templates.traces, len(templates.spans)),
        Signal.METRICS: (templates.metrics, 6),
        Signal.LOGS: (templates.logs, len(_records(templates.logs))),
        Signal.PROFILES: (templates.profiles, count_samples(templates.profiles)),
    }
    files = {}
    for signal, (data, events) in counts.items():
        path = template_path(directory, "reference", signal)
        raw = data.SerializeToString(deterministic=True)
        path.write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        files[signal] = ManifestFile(
            path=path.name, bytes=len(raw), sha256=digest, resources=1, events=events
        )
    manifest = Manifest(
        generator_version="0",
        seed=1,
        horizon_nanos=HORIZON_NANOS,
        estimated_sender_bytes=0,
        configuration={},
        files=files,
    )
    manifest_path(directory, "reference").write_text(manifest.to_yaml())


class ReferenceSender:
    """Stamps a reference set as the template format says, one span at a time."""

    def __init__(self, templates: ReferenceSet, seed: int) -> None:
        self._templates = templates
        self._keys = RunKeys.from_seed(seed)
        spans = templates.spans
        self._indices = {span.span_id: index for index, span in enumerate(spans)}
        order = dict.fromkeys(span.trace_id for span in spans)
        self._traces = {trace_id: number for number, trace_id in enumerate(order)}

    def span_id(self, template_id: bytes, number: int) -> bytes:
        """Return the id of a span in pass `number`; a foreign one gets some other id."""
        if template_id not in self._indices:
            return mix64_int(self._keys.foreign + number).to_bytes(8, "little")
        counter = number * len(self._indices) + self._indices[template_id]
        return mix64_int(self._keys.span + counter).to_bytes(8, "little")

    def trace_id(self, template_id: bytes, number: int) -> bytes:
        """Return the id of a trace in pass `number`; a foreign one gets some other id."""
        if template_id not in self._traces:
            return mix64_int(self._keys.foreign - number).to_bytes(8, "little") * 2
        counter = number * len(self._traces) + self._traces[template_id]
        high = mix64_int(self._keys.trace_high + counter)
        low = mix64_int(self._keys.trace_low + counter)
        return high.to_bytes(8, "little") + low.to_bytes(8, "little")

    def traces(
        self, number: int, keep: Callable[[int], bool] = lambda _: True
    ) -> ExportTraceServiceRequest:
        """Return pass `number` as one request, without the spans whose index is not kept."""
        data = TracesData()
        data.CopyFrom(self._templates.traces)
        for span in _spans(data):
            self._stamp(span, number)
        _remove(data, keep)
        return ExportTraceServiceRequest(resource_spans=data.resource_spans)

    def _stamp(self, span: Span, number: int) -> None:
        base = START_NANOS + number * HORIZON_NANOS
        span.start_time_unix_nano += base
        span.end_time_unix_nano += base
        if span.parent_span_id:
            span.parent_span_id = self.span_id(span.parent_span_id, number)
        self._stamp_ids(span, number)
        for link in span.links:
            self._stamp_ids(link, number)

    def _stamp_ids(
        self, message: Span | Span.Link | LogRecord | Exemplar | Link, number: int
    ) -> None:
        if message.trace_id:
            message.trace_id = self.trace_id(message.trace_id, number)
        if message.span_id:
            message.span_id = self.span_id(message.span_id, number)

    def logs(self, number: int) -> ExportLogsServiceRequest:
        """Return the log records of pass `number` as one request."""
        data = LogsData()
        data.CopyFrom(self._templates.logs)
        for record in _records(data):
            record.time_unix_nano += START_NANOS + number * HORIZON_NANOS
            self._stamp_ids(record, number)
        return ExportLogsServiceRequest(resource_logs=data.resource_logs)

    def metrics(self, number: int) -> ExportMetricsServiceRequest:
        """Return the data points of pass `number` as one request."""
        data = MetricsData()
        data.CopyFrom(self._templates.metrics)
        for metric in data.resource_metrics[0].scope_metrics[0].metrics:
            for point in getattr(metric, str(metric.WhichOneof("data"))).data_points:
                point.time_unix_nano += START_NANOS + number
        for point in data.resource_metrics[0].scope_metrics[0].metrics[0].gauge.data_points:
            for exemplar in point.exemplars:
                self._stamp_ids(exemplar, number)
        return ExportMetricsServiceRequest(resource_metrics=data.resource_metrics)

    def profiles(self, number: int) -> ExportProfilesServiceRequest:
        """Return the profiles of pass `number` as one request."""
        data = ProfilesData()
        data.CopyFrom(self._templates.profiles)
        for link in data.dictionary.link_table:
            self._stamp_ids(link, number)
        self._stamp_profiles(_profile_list(data), number)
        return ExportProfilesServiceRequest(
            resource_profiles=data.resource_profiles, dictionary=data.dictionary
        )

    def _stamp_profiles(self, profiles: list[Profile], number: int) -> None:
        """A profile is numbered by the profiles and samples before it in the set."""
        first = number * (len(profiles) + count_samples(self._templates.profiles))
        for place, profile in enumerate(profiles):
            before = sum(len(each.samples) for each in profiles[:place])
            profile.time_unix_nano += START_NANOS + number * HORIZON_NANOS
            keys = (self._keys.profile_high, self._keys.profile_low)
            halves = [mix64_int(key + first + place + before) for key in keys]
            profile.profile_id = b"".join(half.to_bytes(8, "little") for half in halves)


def count_samples(data: ProfilesData | ExportProfilesServiceRequest) -> int:
    """Return the samples of all profiles."""
    return sum(len(profile.samples) for profile in _profile_list(data))


def _profile_list(data: ProfilesData | ExportProfilesServiceRequest) -> list[Profile]:
    return list(data.resource_profiles[0].scope_profiles[0].profiles)


def _spans(data: TracesData) -> Iterator[Span]:
    for resource in data.resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def _remove(data: TracesData, keep: Callable[[int], bool]) -> None:
    index = 0
    for resource in data.resource_spans:
        spans = resource.scope_spans[0].spans
        kept = [span for offset, span in enumerate(spans, index) if keep(offset)]
        index += len(spans)
        del resource.scope_spans[0].spans[:]
        resource.scope_spans[0].spans.extend(kept)


def _records(data: LogsData) -> list[LogRecord]:
    return list(data.resource_logs[0].scope_logs[0].log_records)
