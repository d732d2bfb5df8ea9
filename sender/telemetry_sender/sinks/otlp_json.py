"""Files of OTLP/JSON lines: one request a line, as OpenTelemetry's file exporters write them.

See https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/.
"""

from telemetry_common.template import Template
from telemetry_sender.files.framing import PLAIN
from telemetry_sender.otlp_files.build import json_encoder
from telemetry_sender.otlp_files.encoder import MessageEncoder
from telemetry_sender.otlp_files.options import MessageCompression, OtlpJsonOptions
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.request_limit import RequestLimit

_SUFFIXES = {MessageCompression.NONE: "jsonl", MessageCompression.ZSTD: "json.zmsg"}


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink, not yet open. Raises ConfigError for options that it cannot use."""
    options = read_options(setting, OtlpJsonOptions)
    compression, max_line = options.message_compression, options.max_line

    def encoder(template: Template) -> MessageEncoder:
        return json_encoder(template, compression, max_line)

    file_format = FileFormat("otlp_json", _SUFFIXES[compression], lambda _: PLAIN)
    limit = RequestLimit(max_line, is_text=True, setting=f"{setting.place}.options.max_line")
    return make_file_sink(setting, options, file_format, encoder, limit)
