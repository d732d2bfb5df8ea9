"""Files of OTLP in protobuf: each message behind its length.

So the OpenTelemetry Collector's file exporter writes them with `format: proto`.
"""

from telemetry_common.template import Template
from telemetry_sender.files.framing import PLAIN
from telemetry_sender.otlp_files.build import protobuf_encoder
from telemetry_sender.otlp_files.encoder import MessageEncoder
from telemetry_sender.otlp_files.options import MessageCompression, OtlpFileOptions
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting

_SUFFIXES = {MessageCompression.NONE: "pb", MessageCompression.ZSTD: "pb.zmsg"}


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink, not yet open. Raises ConfigError for options that it cannot use."""
    options = read_options(setting, OtlpFileOptions)
    compression = options.message_compression

    def encoder(template: Template) -> MessageEncoder:
        return protobuf_encoder(template, compression)

    file_format = FileFormat("otlp_protobuf", _SUFFIXES[compression], lambda _: PLAIN)
    return make_file_sink(setting, options, file_format, encoder)
