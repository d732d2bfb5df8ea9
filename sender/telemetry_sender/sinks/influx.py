"""The sink that writes InfluxDB line protocol into files."""

from typing import Annotated

from pydantic import Field

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.framing import PLAIN
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.records.influx.dialect import influx_dialect
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.without_profiles import refuse_profiles

DEFAULT_TAGS = (
    "service.name",
    "service.namespace",
    "service.version",
    "deployment.environment.name",
    "host.name",
    "cloud.region",
    "cloud.availability_zone",
    "k8s.cluster.name",
    "k8s.namespace.name",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "rpc.system.name",
    "db.system.name",
    "messaging.system",
    "error.type",
)


class InfluxOptions(FileOptions):
    """Options of `influx`."""

    tags: tuple[str, ...] = DEFAULT_TAGS
    """Keys of attributes that are tags of spans and log records, theirs or their resources'. Ids
    never are."""
    metric_tags: tuple[str, ...] | None = None
    """Keys of attributes that are tags of data points; absent, all of theirs and of their
    resources, since InfluxDB tells series apart by their tags alone."""
    max_tag_values: Annotated[int, Field(ge=1, strict=True)] = 1_000
    """A key with more values in the template than this is a field instead."""
    resource_fields: bool = False
    """Whether attributes of resources and scopes that are no tags are fields of every line;
    otherwise they are left out."""

    def tags_of(self, signal: Signal) -> tuple[str, ...] | None:
        """Return the keys that are tags in the lines of a signal; None for all."""
        return self.metric_tags if signal is Signal.METRICS else self.tags

    def dialect_of(self, template: Template) -> Dialect:
        """Return how the events of a template are written. Raises TemplateError."""
        tags = self.tags_of(template.signal)
        return influx_dialect(template, tags, self.max_tag_values, self.resource_fields)


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink. Raises ConfigError for options that it cannot use, and for profiles."""
    refuse_profiles(setting)
    options = read_options(setting, InfluxOptions)
    return make_file_sink(
        setting,
        options,
        FileFormat("influx", "lp", lambda _: PLAIN),
        lambda template: RecordEncoder(template, options.dialect_of(template)),
    )
