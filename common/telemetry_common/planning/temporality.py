"""Which data points accumulate: they grow with every pass, or start where the last one ended."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.planning.layout import EXPONENTIAL_HISTOGRAM, HISTOGRAM, SUM, SUMMARY
from telemetry_common.planning.wire import VARINT, Bytes, Fields, Flags, Offsets, read_varints

# AggregationTemporality of metrics.proto, and the fields of Sum, Histogram, ExponentialHistogram.
_DELTA, _CUMULATIVE = 1, 2
_TEMPORALITY_FIELD, _MONOTONIC_FIELD = 2, 3


@dataclass(frozen=True, slots=True)
class Temporality:
    """Flags for each of the n data messages (Sum, Gauge, …) of a table."""

    grows: Flags
    """Cumulative and monotonic, with values of fixed width: multiplied with every pass."""
    delta: Flags
    """Each point starts where the one before it ended."""

    def take(self, rows: Offsets) -> "Temporality":
        """Return the flags of the data messages in `rows`."""
        return Temporality(self.grows[rows], self.delta[rows])


def read_temporality(data: Bytes, kind: Offsets, metric: Offsets, rest: Fields) -> Temporality:
    """Tell the temporality of data messages of `kind` (n,) in `metric` (n,), with fields `rest`.

    Several data messages of one metric are one message in parts, as a parser sees them.
    """
    temporality = _of_metric(data, metric, rest.of(_TEMPORALITY_FIELD, VARINT))
    monotonic = _of_metric(data, metric, rest.of(_MONOTONIC_FIELD, VARINT)) != 0
    cumulative = temporality == _CUMULATIVE
    grows = ((kind == SUM) & cumulative & monotonic) | ((kind == HISTOGRAM) & cumulative)
    has_temporality = np.isin(kind, [SUM, HISTOGRAM, EXPONENTIAL_HISTOGRAM])
    return Temporality(grows | (kind == SUMMARY), has_temporality & (temporality == _DELTA))


def _of_metric(data: Bytes, metric: Offsets, fields: Fields) -> Offsets:
    """Return the last value of a varint field in each metric, for each of its data messages."""
    value = np.zeros(int(metric.max(initial=-1)) + 1, np.int64)
    value[metric[fields.owner]] = read_varints(data, fields.start, fields.end)[0]
    return value[metric]
