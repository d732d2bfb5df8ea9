"""Files of binary records: LEB128 numbers and tagged values."""

from telemetry_common.template import Template
from telemetry_sender.binary.leb128_records import header, make_dialect
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.framing import Framing
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.without_profiles import refuse_profiles

_FORMAT = FileFormat("leb128", "leb128", lambda stream: Framing(header(stream)))


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink, not yet open. Raises ConfigError for what it cannot use."""
    refuse_profiles(setting)
    return make_file_sink(setting, read_options(setting, FileOptions), _FORMAT, _encoder)


def _encoder(template: Template) -> RecordEncoder:
    """Return what makes the records of a template."""
    return RecordEncoder(template, make_dialect())
