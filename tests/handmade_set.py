"""A small template set made by hand with the real protobuf classes: every shape that OTLP has.

The generator has no part in it, so that readers of sets are tested on OTLP as such.
"""

import hashlib
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData, ScopeLogs, SeverityNumber
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Exemplar,
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    Sum,
    Summary,
    SummaryDataPoint,
)
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Function,
    KeyValueAndUnit,
    Line,
    Link,
    Location,
    Mapping,
    Profile,
    ProfilesData,
    Sample,
    Stack,
    ValueType,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from telemetry_common.manifest import Manifest, ManifestFile
from telemetry_common.signals import Signal

HORIZON_NANOS = 1_000_000_000
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
TRACE_1, TRACE_2 = bytes([1] * 16), bytes([2] * 16)
MS = 1_000_000


def attributes(**values: Any) -> list[KeyValue]:
    """Return attributes; `__` in a name stands for a dot."""
    return [
        KeyValue(key=name.replace("__", "."), value=_any(value)) for name, value in values.items()
    ]


def _any(value: Any) -> AnyValue:
    kind = {str: "string_value", bool: "bool_value", int: "int_value", float: "double_value"}
    return AnyValue(**{kind[type(value)]: value})


def resource(service: str) -> dict[str, Any]:
    """Return the resource of a service's only instance."""
    return {
        "attributes": attributes(
            service__name=service, service__instance__id=f"{service}-1", host__name="node-1"
        )
    }


def span(number: int, parent: int, start: int, end: int, **fields: Any) -> Span:
    """Return a span of the first trace; times in milliseconds, ids by number."""
    fields = {"trace_id": TRACE_1, "name": f"span {number}"} | fields
    return Span(
        span_id=span_id(number),
        parent_span_id=span_id(parent) if parent else b"",
        start_time_unix_nano=1 + start * MS,
        end_time_unix_nano=1 + end * MS,
        **fields,
    )


def span_id(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _traces() -> TracesData:
    """Shop calls payment, which asks a database; shop sends a message that mail takes."""
    data = TracesData()
    shop = [
        span(
            1,
            0,
            0,
            100,
            kind=Span.SPAN_KIND_SERVER,
            name="GET /cart",
            attributes=attributes(http__route="/cart", user__id="u1"),
        ),
        span(2, 1, 10, 60, kind=Span.SPAN_KIND_CLIENT, name="POST payment"),
        span(
            3,
            1,
            70,
            80,
            kind=Span.SPAN_KIND_PRODUCER,
            name="send orders",
            attributes=attributes(messaging__system="kafka", messaging__destination__name="orders"),
        ),
    ]
    failure = Span.Event(
        time_unix_nano=1 + 40 * MS,
        name="exception",
        attributes=attributes(exception__type="TimeoutError"),
    )
    payment = [
        span(
            4,
            2,
            15,
            55,
            kind=Span.SPAN_KIND_SERVER,
            name="POST /pay",
            events=[failure],
            status=Status(code=Status.STATUS_CODE_ERROR, message="timeout"),
        ),
        span(
            5,
            4,
            20,
            50,
            kind=Span.SPAN_KIND_CLIENT,
            name="SELECT payments",
            attributes=attributes(db__system__name="postgresql", db__namespace="pay"),
        ),
    ]
    link = Span.Link(trace_id=TRACE_1, span_id=span_id(3))
    mail = [
        span(
            6,
            0,
            200,
            300,
            kind=Span.SPAN_KIND_CONSUMER,
            name="process orders",
            trace_id=TRACE_2,
            links=[link],
        )
    ]
    for service, spans in (("shop", shop), ("payment", payment), ("mail", mail)):
        group = data.resource_spans.add(resource=resource(service))
        group.scope_spans.add(spans=spans)
    return data


def _metrics() -> MetricsData:
    data = MetricsData()
    group = data.resource_metrics.add(resource=resource("shop"))
    group.scope_metrics.add(metrics=_every_type(), scope={"name": "hand"})
    return data


def _every_type() -> list[Metric]:
    at: dict[str, Any] = {"time_unix_nano": 5 * MS}
    since: dict[str, Any] = at | {"start_time_unix_nano": 1}
    exemplar = Exemplar(time_unix_nano=2 * MS, as_double=1, trace_id=TRACE_1, span_id=span_id(4))
    gauge = [
        NumberDataPoint(as_double=each, attributes=attributes(cpu=each), **at)
        for each in (1.0, 2.0)
    ]
    histogram = HistogramDataPoint(
        count=3,
        sum=4.0,
        min=0.5,
        max=2.0,
        bucket_counts=[1, 1, 1],
        explicit_bounds=[1.0, 1.5],
        exemplars=[exemplar],
        **since,
    )
    exponential = ExponentialHistogramDataPoint(
        count=4,
        sum=4.0,
        scale=2,
        zero_count=1,
        positive=ExponentialHistogramDataPoint.Buckets(offset=1, bucket_counts=[1, 2]),
        **since,
    )
    quantiles = [
        SummaryDataPoint.ValueAtQuantile(quantile=quantile, value=value)
        for quantile, value in ((0.5, 1.0), (0.99, 3.0))
    ]
    return [
        Metric(name="cpu.load", unit="1", gauge=Gauge(data_points=gauge)),
        Metric(
            name="http.requests",
            unit="{request}",
            sum=Sum(
                aggregation_temporality=CUMULATIVE,
                is_monotonic=True,
                data_points=[NumberDataPoint(as_int=7, **since)],
            ),
        ),
        Metric(
            name="http.duration",
            unit="s",
            histogram=Histogram(aggregation_temporality=CUMULATIVE, data_points=[histogram]),
        ),
        Metric(
            name="queue.wait",
            unit="s",
            exponential_histogram=ExponentialHistogram(
                aggregation_temporality=CUMULATIVE, data_points=[exponential]
            ),
        ),
        Metric(
            name="gc.pause",
            unit="s",
            summary=Summary(
                data_points=[SummaryDataPoint(count=2, sum=4.0, quantile_values=quantiles, **since)]
            ),
        ),
    ]


def _logs() -> LogsData:
    data = LogsData()
    failed = LogRecord(
        time_unix_nano=1 + 41 * MS,
        observed_time_unix_nano=1 + 42 * MS,
        severity_number=SeverityNumber.SEVERITY_NUMBER_ERROR,
        severity_text="ERROR",
        trace_id=TRACE_1,
        span_id=span_id(4),
        body=_any("payment failed"),
        attributes=attributes(log__type="application"),
    )
    free = LogRecord(
        time_unix_nano=9 * MS,
        severity_number=SeverityNumber.SEVERITY_NUMBER_INFO,
        severity_text="INFO",
        body=_any("disk checked"),
        event_name="disk.check",
    )
    group = data.resource_logs.add(resource=resource("payment"))
    group.scope_logs.append(ScopeLogs(log_records=[failed, free]))
    return data


def _profiles() -> ProfilesData:
    data = ProfilesData()
    words = ["", "cpu", "nanoseconds", "main", "app.py", "thread.name"]
    data.dictionary.string_table.extend(words)
    data.dictionary.mapping_table.extend([Mapping(), Mapping(filename_strindex=4)])
    data.dictionary.function_table.extend([Function(), Function(name_strindex=3)])
    line = Line(function_index=1, line=10)
    data.dictionary.location_table.extend([Location(), Location(mapping_index=1, lines=[line])])
    data.dictionary.stack_table.extend([Stack(), Stack(location_indices=[1])])
    data.dictionary.link_table.extend([Link(), Link(trace_id=TRACE_1, span_id=span_id(4))])
    thread = KeyValueAndUnit(key_strindex=5, value=_any("main"))
    data.dictionary.attribute_table.extend([KeyValueAndUnit(), thread])
    sample = Sample(
        stack_index=1,
        link_index=1,
        attribute_indices=[1],
        values=[5, 6],
        timestamps_unix_nano=[20 * MS, 30 * MS],
    )
    profile = Profile(
        sample_type=ValueType(type_strindex=1, unit_strindex=2),
        samples=[sample],
        time_unix_nano=10 * MS,
        duration_nano=50 * MS,
        profile_id=bytes([9] * 16),
    )
    group = data.resource_profiles.add(resource=resource("payment"))
    group.scope_profiles.add(profiles=[profile])
    return data


@dataclass
class HandmadeSet:
    """The messages of the set, to be changed at will, and what the manifest will say."""

    traces: TracesData = field(default_factory=_traces)
    metrics: MetricsData = field(default_factory=_metrics)
    logs: LogsData = field(default_factory=_logs)
    profiles: ProfilesData = field(default_factory=_profiles)
    entries: dict[Signal, dict[str, Any]] = field(
        default_factory=lambda: {
            Signal.TRACES: {"resources": 3, "events": 6, "traces": 2},
            Signal.METRICS: {"resources": 1, "events": 6, "time_series": 6},
            Signal.LOGS: {"resources": 1, "events": 2},
            Signal.PROFILES: {"resources": 1, "events": 1},
        }
    )

    def message(self, signal: Signal) -> Message:
        found: Message = getattr(self, str(signal))
        return found

    @property
    def spans(self) -> dict[int, Span]:
        """The spans by number."""
        return {
            int.from_bytes(each.span_id, "big"): each
            for group in self.traces.resource_spans
            for scope in group.scope_spans
            for each in scope.spans
        }

    def metric(self, name: str) -> Metric:
        (scope,) = self.metrics.resource_metrics[0].scope_metrics
        return next(each for each in scope.metrics if each.name == name)

    @property
    def records(self) -> Any:
        return self.logs.resource_logs[0].scope_logs[0].log_records

    @property
    def profile(self) -> Profile:
        return self.profiles.resource_profiles[0].scope_profiles[0].profiles[0]

    def write(self, directory: Path) -> Path:
        """Write the set as it is now, with a manifest that fits its bytes; return `directory`."""
        files = {signal: self.message(signal).SerializeToString() for signal in self.entries}
        write_files(directory, files, self.entries)
        return directory


def write_files(
    directory: Path, files: Table[Signal, bytes], entries: Table[Signal, dict[str, Any]]
) -> None:
    """Write template files and a manifest with their sizes and hashes."""
    directory.mkdir(parents=True, exist_ok=True)
    described = {}
    for signal, data in files.items():
        name = f"hand-{signal}.pb"
        (directory / name).write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        fields = {"path": name, "bytes": len(data), "sha256": sha256} | entries[signal]
        described[signal] = ManifestFile.model_validate(fields)
    manifest = Manifest(
        generator_version="0",
        seed=0,
        horizon_nanos=HORIZON_NANOS,
        estimated_sender_bytes=0,
        configuration={},
        files=described,
    )
    (directory / "hand-metadata.yaml").write_text(manifest.to_yaml())
