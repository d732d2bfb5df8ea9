"""Metrics as OTLP bytes: one `MetricsData` with one `ResourceMetrics` a batch."""

from typing import TYPE_CHECKING

from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    Metric,
    MetricsData,
    NumberDataPoint,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    HistogramDataPoint as HistogramMessage,
)

from telemetry_generator.encode.values import KeyValueCache, ResourceMessages
from telemetry_generator.metrics.catalogue import Instrument
from telemetry_generator.metrics.factory import MetricBatch
from telemetry_generator.metrics.points import HistogramPoint, MetricPoints

if TYPE_CHECKING:  # protobuf's name for a repeated field exists in its type stubs only
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

    NumberPoints = RepeatedCompositeFieldContainer[NumberDataPoint]

_SCOPE = InstrumentationScope(name="io.stampede.metrics", version="1.0.0")

# Cumulative values count from the template's epoch, and 0 would mean "unset".
_EPOCH = 1


class MetricEncoder:
    """Encodes batches of metrics; attribute pairs are made once and copied."""

    def __init__(self) -> None:
        self._resources = ResourceMessages()
        self._pairs = KeyValueCache()

    def encode(self, batch: MetricBatch) -> bytes:
        """Return the batch as `MetricsData` bytes."""
        data = MetricsData()
        group = data.resource_metrics.add()
        group.resource.CopyFrom(self._resources[batch.resource])
        scope_metrics = group.scope_metrics.add()
        scope_metrics.scope.CopyFrom(_SCOPE)
        for metric in batch.metrics:
            self._fill(scope_metrics.metrics.add(), metric)
        return data.SerializeToString(deterministic=True)

    def _fill(self, message: Metric, metric: MetricPoints) -> None:
        definition = metric.definition
        message.name = definition.name
        message.description = definition.description
        message.unit = definition.unit
        if definition.instrument is Instrument.HISTOGRAM:
            self._fill_histograms(message, metric)
        elif definition.instrument is Instrument.GAUGE:
            self._fill_numbers(message.gauge.data_points, metric, start=0)
        else:
            message.sum.is_monotonic = definition.instrument is Instrument.COUNTER
            message.sum.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
            self._fill_numbers(message.sum.data_points, metric, start=_EPOCH)

    def _fill_numbers(self, points: "NumberPoints", metric: MetricPoints, start: int) -> None:
        is_int = metric.definition.is_int
        for dimensions, value in zip(metric.dimensions, metric.numbers, strict=True):
            point = points.add(time_unix_nano=metric.time, start_time_unix_nano=start)
            point.attributes.extend(self._pairs.get(dimensions))
            if is_int:
                point.as_int = int(value)
            else:
                point.as_double = value

    def _fill_histograms(self, message: Metric, metric: MetricPoints) -> None:
        message.histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
        for dimensions, histogram in zip(metric.dimensions, metric.histograms, strict=True):
            point = message.histogram.data_points.add(
                time_unix_nano=metric.time,
                start_time_unix_nano=_EPOCH,
                count=histogram.count,
                sum=histogram.sum,
                min=histogram.min,
                max=histogram.max,
                bucket_counts=histogram.buckets,
                explicit_bounds=metric.definition.bounds,
                attributes=self._pairs.get(dimensions),
            )
            _add_exemplars(point, histogram)


def _add_exemplars(message: HistogramMessage, histogram: HistogramPoint) -> None:
    for exemplar in histogram.exemplars:
        message.exemplars.add(
            time_unix_nano=exemplar.time,
            as_double=exemplar.value,
            trace_id=exemplar.trace_id,
            span_id=exemplar.span_id,
        )
