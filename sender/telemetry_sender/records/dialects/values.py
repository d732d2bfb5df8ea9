"""The one value that a record of a data point has."""

import math

from telemetry_sender.events.model import Point
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.text_forms import JSON_REAL, SIGNED
from telemetry_sender.text.fields import SlotKind

_NO_RECORDED_VALUE = 1


def put_value(line: JsonLine, point: Point) -> None:
    """Add the member `value`: of gauges and sums their value, of distributions their mean.

    It is null where nothing was measured.
    """
    if not _has_value(point):
        line.put("value", None)
    elif point.value is None:
        line.put("value", mean_of(point))
    else:
        form = JSON_REAL if point.value.kind is SlotKind.REAL else SIGNED
        line.put_number("value", point.value, form)


def mean_of(point: Point) -> float | None:
    """Return the mean of a distribution's measurements; of a cumulative one, since its pass began.

    Count and sum grow alike from pass to pass, so the mean stays. None where there are no
    measurements, or no sum.
    """
    if point.count is None or not point.count.value:
        return None
    # Only of summaries is a sum that is left out a zero.
    absent = 0.0 if point.metric.kind == "summary" else math.nan
    mean = float(point.sum.value if point.sum else absent) / float(point.count.value)
    return mean if math.isfinite(mean) else None


def _has_value(point: Point) -> bool:
    """Tell whether anything was measured: a flag marks the end of a series."""
    return not point.flags & _NO_RECORDED_VALUE
