"""The sink that writes CSV files."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from telemetry_common.config import MisplacedError
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.framing import Framing
from telemetry_sender.records.base import Stream
from telemetry_sender.records.csv.columns import column_names
from telemetry_sender.records.csv.dialect import csv_dialect, header
from telemetry_sender.records.csv.text import Text, escaped, kept
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.without_profiles import refuse_profiles


class LineBreaks(StrEnum):
    """What becomes of line breaks within values."""

    ESCAPE = "escape"
    KEEP = "keep"


class CsvOptions(FileOptions):
    """Options of `csv`."""

    columns: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    """Keys of attributes that have columns of their own, behind the fixed ones: those of the event,
    or else of its resource."""
    line_breaks: LineBreaks = LineBreaks.ESCAPE
    """`escape` writes a line break within a value as a backslash and n (or r), so that a line of
    the file is a record; `keep` leaves it as it is, between quotes."""

    @model_validator(mode="after")
    def _has_each_column_once(self) -> Self:
        """Refuse columns that could not be told apart."""
        fixed = {name for stream in Stream for name in column_names(stream)}
        for key, count in Counter(self.columns).items():
            if key in fixed or count > 1:
                problem = f"there would be two columns named {key!r}"
                raise MisplacedError(("columns",), problem, "remove it")
        return self

    @property
    def text(self) -> Text:
        """How texts are written, before they are quoted."""
        return kept if self.line_breaks is LineBreaks.KEEP else escaped


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink. Raises ConfigError for options that it cannot use, and for profiles."""
    refuse_profiles(setting)
    options = read_options(setting, CsvOptions)
    dialect = csv_dialect(options.columns, options.text)

    def framing(stream: str) -> Framing:
        return Framing(header(Stream(stream), options.columns, options.text))

    return make_file_sink(
        setting,
        options,
        FileFormat("csv", "csv", framing),
        lambda template: RecordEncoder(template, dialect),
    )
