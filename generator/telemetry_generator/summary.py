"""The summary of a finished run, as a plain table."""

from collections.abc import Iterable

from telemetry_common.manifest import ManifestFile
from telemetry_common.units import format_size
from telemetry_generator.set_writer import WrittenSet

_HEADER = ("file", "size", "events", "traces", "series", "events/s")


def summary_lines(written: WrittenSet) -> Iterable[str]:
    """Yield the lines of the summary."""
    manifest = written.manifest
    rows = [_row(file, written.seconds[signal]) for signal, file in manifest.files.items()]
    yield from _table([_HEADER, *rows])
    yield f"manifest: {written.path}"
    yield f"estimated sender memory: {format_size(manifest.estimated_sender_bytes)}"


def _row(file: ManifestFile, seconds: float) -> tuple[str, ...]:
    counts = (file.events, file.traces, file.time_series)
    rate = f"{file.events / seconds:,.0f}" if seconds else "-"
    return (file.path, format_size(file.bytes), *(f"{n:,}" if n else "-" for n in counts), rate)


def _table(rows: list[tuple[str, ...]]) -> Iterable[str]:
    """Yield aligned lines: the first column to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *numbers in rows:
        cells = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *cells])
