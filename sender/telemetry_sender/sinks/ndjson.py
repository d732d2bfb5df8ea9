"""Sinks of records that are JSON: one a line, or all of a file in an array."""

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.framing import PLAIN, Framing
from telemetry_sender.records.array import ARRAY, in_array
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.dialects.registry import DialectName, find_dialect
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.without_profiles import refuse_profiles

_LINES_SUFFIX = {DialectName.MELT: "jsonl"}
"""What files of lines end with whose readers do not expect `ndjson`."""
_PLAIN_NAMES = frozenset({DialectName.TRIAGE, DialectName.MELT})
"""Dialects whose readers look for one file of each stream, by its name alone."""


class RecordOptions(FileOptions):
    """Options of `ndjson` and `json`."""

    dialect: DialectName = DialectName.FLAT
    """The names and forms of the fields: `flat` (our own), `triage`, `melt` or `telegen`; files of
    `triage` and `melt` are called by their stream alone, unless they roll or have a `name`."""


def make_ndjson_sink(setting: SinkSetting) -> FileSink:
    """Return the sink of lines. Raises ConfigError for options it cannot use, and for profiles."""
    options = _options(setting)
    dialect = find_dialect(options.dialect)
    suffix = _LINES_SUFFIX.get(options.dialect, "ndjson")
    return _made(setting, options, dialect, "ndjson", suffix, PLAIN)


def make_json_sink(setting: SinkSetting) -> FileSink:
    """Return the sink of arrays. Raises ConfigError for options it cannot use, and for profiles."""
    options = _options(setting)
    dialect = in_array(find_dialect(options.dialect))
    return _made(setting, options, dialect, "json", "json", ARRAY)


def _options(setting: SinkSetting) -> RecordOptions:
    refuse_profiles(setting)
    options = read_options(setting, RecordOptions)
    is_named = "name" in options.model_fields_set or options.roll.is_asked_for
    if options.dialect in _PLAIN_NAMES and not is_named:
        return options.model_copy(update={"name": "{stream}"})
    return options


def _made(
    setting: SinkSetting,
    options: RecordOptions,
    dialect: Dialect,
    name: str,
    suffix: str,
    framing: Framing,
) -> FileSink:
    streams = (*Signal, Stream.EVENTS) if options.dialect in _PLAIN_NAMES else tuple(Signal)
    file_format = FileFormat(name, suffix, lambda _: framing, streams)

    def encoder(template: Template) -> RecordEncoder:
        return RecordEncoder(template, dialect)

    return make_file_sink(setting, options, file_format, encoder)
