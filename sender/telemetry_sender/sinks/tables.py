"""The sinks that write tables into files: Parquet and Arrow IPC."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from telemetry_common.errors import ConfigError
from telemetry_sender.files.data_file import OpenFile
from telemetry_sender.files.form import StreamFiles
from telemetry_sender.files.naming import Naming
from telemetry_sender.sinks.files import FileSink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.table_options import ArrowOptions, ParquetOptions, TableOptions
from telemetry_sender.sinks.without_profiles import refuse_profiles
from telemetry_sender.tables.batch import Rows
from telemetry_sender.tables.encoder import TableEncoder
from telemetry_sender.tables.files.base import TableFormat
from telemetry_sender.tables.files.ipc import arrow_format
from telemetry_sender.tables.files.parquet import parquet_format
from telemetry_sender.tables.files.partitioned import PartitionedTables, existing_folders
from telemetry_sender.tables.files.partitioning import Partitioning, divisible
from telemetry_sender.tables.files.rolling import Layout, RollingTables
from telemetry_sender.tables.files.sizes import weight
from telemetry_sender.tables.schemas.choice import check_form, schemas_of
from telemetry_sender.tables.schemas.table import Ids, TableForm


@dataclass(frozen=True, slots=True)
class _Tables:
    """Keeps rows of tables."""

    layout: Layout
    partitioning: Partitioning
    required: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.layout.format.name

    def files(self, stream: str, naming: Naming, open_file: OpenFile) -> StreamFiles:
        if self.partitioning.columns:
            return PartitionedTables(stream, naming, self.layout, self.partitioning, open_file)
        return RollingTables(stream, naming, self.layout, open_file)

    def folders(self, directory: Path) -> Iterable[Path]:
        return existing_folders(directory, self.partitioning)

    def weigh(self, item: Rows) -> int:
        return weight(self.layout.format, item.batch)


def make_parquet_sink(setting: SinkSetting) -> FileSink:
    """Return the sink of Parquet files.

    Raises ConfigError for options that it cannot use, and for profiles.
    """
    refuse_profiles(setting)
    options = read_options(setting, ParquetOptions)
    has_level = options.compression in ("zstd", "gzip")
    level = (options.level or 1) if has_level else None
    made = parquet_format(
        options.compression,
        level,
        dictionaries=options.dictionaries,
        statistics=options.statistics,
    )
    return _make_sink(setting, options, made)


def make_arrow_sink(setting: SinkSetting) -> FileSink:
    """Return the sink of Arrow files. Raises ConfigError like the other."""
    refuse_profiles(setting)
    options = read_options(setting, ArrowOptions)
    level = (options.level or 1) if options.compression == "zstd" else None
    codec = None if options.compression == "none" else options.compression.value
    return _make_sink(setting, options, arrow_format(codec, level, is_stream=options.stream))


def _make_sink(setting: SinkSetting, options: TableOptions, made: TableFormat) -> FileSink:
    form = TableForm(Ids(options.ids), options.columns)
    check_form(form, setting.signals, f"{setting.place}.options.columns")
    _check_partitions(setting, options, form)
    naming = Naming(
        options.directory, options.name, options.prefix, f".{made.suffix}", setting.part
    )
    layout = Layout(made, options.roll, options.row_group)
    tables = _Tables(layout, Partitioning(options.partition_by))
    return FileSink(tables, lambda template: TableEncoder(template, form), naming, setting.signals)


def _check_partitions(setting: SinkSetting, options: TableOptions, form: TableForm) -> None:
    """Refuse directories by what a table does not have. Raises ConfigError."""
    place = f"{setting.place}.options.partition_by"
    of_each = (schemas_of(signal, form) for signal in setting.signals)
    for schema in chain.from_iterable(of_each):
        known = [*divisible(schema), *options.columns]
        for name in options.partition_by:
            if name not in known:
                problem = f"the table of {schema.stream} has no column of text called {name!r}"
                raise ConfigError(place, problem, f"use {', '.join(known)}")
