"""Files of binary records of the committed set, made as their sinks make them."""

from pathlib import Path

from core_support import committed_data, stampers_of
from record_lines import made_of
from telemetry_common.signals import Signal
from telemetry_sender.binary import bitpacked_records, leb128_records
from telemetry_sender.records.dialects.flat import DIALECT
from template_files import template_of

HEADERS = {"leb128": leb128_records.header, "bitpacked": bitpacked_records.header}
_DIALECTS = {"leb128": leb128_records.make_dialect, "bitpacked": bitpacked_records.make_dialect}


def binary_file(folder: Path, name: str, signal: Signal) -> bytes:
    """Return the file of a signal's stream after one pass."""
    return b"".join([HEADERS[name](signal.value), *binary_records(folder, name, signal)])


def binary_records(folder: Path, name: str, signal: Signal) -> list[bytes]:
    """Return its records."""
    return _records(folder, signal, name)


def lines(folder: Path, signal: Signal) -> list[bytes]:
    """Return the lines of the same run."""
    return _records(folder, signal, "")


def _records(folder: Path, signal: Signal, name: str) -> list[bytes]:
    dialect = _DIALECTS[name]() if name else DIALECT
    data = committed_data()
    templates = template_of(folder, data)
    stamper = stampers_of(templates)[signal]
    made = made_of(dialect, templates[signal], stamper)
    return [record for each in made for record in each.records[signal.value]]
