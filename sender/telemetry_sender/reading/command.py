"""The command `telemetry-sender read`: files of telemetry as lines of JSON on standard output."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click

from telemetry_common.errors import UsageError, reason
from telemetry_common.printing import printing
from telemetry_common.signals import Signal
from telemetry_sender.reading.base import FileFormat, FileReader, Request
from telemetry_sender.reading.errors import UnreadableError
from telemetry_sender.reading.formats import open_reader
from telemetry_sender.reading.source import Source

_STANDARD_INPUT = "-"


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--format",
    "file_format",
    type=click.Choice([each.value for each in FileFormat]),
    help="What the files are written in, where neither their bytes nor their names tell.",
)
@click.option(
    "--signal",
    type=click.Choice([each.value for each in Signal]),
    help="What files of OTLP protobuf hold, where it cannot be told.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="Stop after N records of all files."
)
@click.option("--count", is_flag=True, help="Print only how many records there are.")
@click.option("--schema", is_flag=True, help="Print the layout of the records as JSON instead.")
def read(
    files: tuple[str, ...],
    file_format: str | None,
    signal: str | None,
    limit: int | None,
    count: bool,
    schema: bool,
) -> int:
    """Print the records of FILE... as lines of JSON.

    Reads what the sinks of the sender write: leb128, bitpacked, otlp_protobuf (also that of the
    OpenTelemetry Collector's file exporter), ndjson, json, otlp_json, and with pyarrow installed
    arrow and parquet; gzip and zstd are undone. A file of binary records gives the lines that the
    sink ndjson would have written. FILE may be - for standard input.
    """
    asked = _Asked(
        None if file_format is None else FileFormat(file_format),
        None if signal is None else Signal(signal),
    )
    if schema and (count or limit is not None):
        problem = "prints no records, so there is nothing to count or to limit"
        raise UsageError("--schema", problem, "leave out --count and --limit")
    with printing():
        if schema:
            _print_schemas(files, asked)
        elif count:
            click.echo(sum(1 for _ in islice(_records(files, asked), limit)))
        else:
            _print_lines(islice(_lines(files, asked), limit))
    return 0


class _Asked(NamedTuple):
    """What the command line says about all files."""

    file_format: FileFormat | None
    signal: Signal | None


def _print_schemas(files: Iterable[str], asked: _Asked) -> None:
    for name in files:
        with _opened(name, asked) as reader:
            click.echo(reader.schema())


def _print_lines(lines: Iterable[bytes]) -> None:
    if sys.stdout:  # None behind `>&-`
        sys.stdout.buffer.writelines(lines)


def _lines(files: Iterable[str], asked: _Asked) -> Iterator[bytes]:
    for name in files:
        with _opened(name, asked) as reader:
            yield from map(reader.line, reader.records())


def _records(files: Iterable[str], asked: _Asked) -> Iterator[Any]:
    for name in files:
        with _opened(name, asked) as reader:
            yield from reader.records()


@contextmanager
def _opened(name: str, asked: _Asked) -> Iterator[FileReader]:
    """Open a file and find its reader. Raises UnreadableError."""
    with ExitStack() as stack:
        try:
            file = stack.enter_context(_input(name))
        except OSError as error:
            raise UnreadableError(name, reason(error), "give an existing file") from None
        shown = "standard input" if name == _STANDARD_INPUT else name
        request = Request(shown, file, Source(shown, file), asked.signal)
        yield open_reader(request, asked.file_format)


def _input(name: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if name == _STANDARD_INPUT else Path(name).open("rb")
