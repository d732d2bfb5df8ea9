"""The one value that a record of a data point has."""

from telemetry_sender.events.model import Point
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.dialects.traits import has_value, mean_of
from telemetry_sender.records.text_forms import JSON_REAL, SIGNED
from telemetry_sender.text.fields import SlotKind


def put_value(line: JsonLine, point: Point) -> None:
    """Add the member `value`: of gauges and sums their value, of distributions their mean.

    It is null where nothing was measured.
    """
    if not has_value(point):
        line.put("value", None)
    elif point.value is None:
        line.put("value", mean_of(point))
    else:
        form = JSON_REAL if point.value.kind is SlotKind.REAL else SIGNED
        line.put_number("value", point.value, form)
