"""Keeps a line for each event: when it happened, and which service says so."""

from telemetry_sender.config.files import FileOptions
from telemetry_sender.events.model import Event
from telemetry_sender.events.times import time_of
from telemetry_sender.files.framing import PLAIN
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.text_forms import ISO_Z
from telemetry_sender.records.writer import RecordWriter
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.without_profiles import refuse_profiles


def write_line(event: Event, out: RecordWriter) -> None:
    """Write the record of an event, of whatever stream."""
    time = time_of(event)
    if time is None:
        out.put(b"-")
    else:
        out.put_spot(time, ISO_Z)
    out.put(f" {json_text(event.resource.service)}\n".encode())


_DIALECT = Dialect("acme_lines", "Time and service", dict.fromkeys(Stream, write_line))
_FORMAT = FileFormat("acme_lines", "acme", lambda _stream: PLAIN)


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink. Raises ConfigError for options that it cannot use, and for profiles."""
    refuse_profiles(setting)
    options = read_options(setting, FileOptions)
    return make_file_sink(
        setting, options, _FORMAT, lambda template: RecordEncoder(template, _DIALECT)
    )
