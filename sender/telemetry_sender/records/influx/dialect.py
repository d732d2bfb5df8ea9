"""InfluxDB line protocol: a line for each event, with few tags and everything else in fields."""

from collections.abc import Collection

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect, EventWriter
from telemetry_sender.records.influx.logs import LogLines
from telemetry_sender.records.influx.points import PointLines
from telemetry_sender.records.influx.spans import SpanLines
from telemetry_sender.records.influx.tags import TagRules


def influx_dialect(
    template: Template,
    tags: Collection[str] | None,
    max_tag_values: int,
    has_resource_fields: bool,
) -> Dialect:
    """Return how the events of a template are written.

    `tags` are the keys of attributes that are tags, None for all; but not those that have more
    values in the template than `max_tag_values`. Raises TemplateError where it is not protobuf.
    """
    rules = TagRules.of(template, tags, max_tag_values, has_resource_fields)
    return Dialect("influx", "InfluxDB line protocol", _writers(template.signal, rules))


def _writers(signal: Signal, rules: TagRules) -> dict[Stream, EventWriter]:
    if signal is Signal.TRACES:
        return {Stream.TRACES: SpanLines(rules).write}
    if signal is Signal.METRICS:
        return {Stream.METRICS: PointLines(rules).write}
    logs = LogLines(rules)
    return {Stream.LOGS: logs.write, Stream.EVENTS: logs.write}
