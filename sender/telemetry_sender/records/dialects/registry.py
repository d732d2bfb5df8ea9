"""The dialects that records may be written in, found by their names."""

from enum import StrEnum
from importlib import import_module

from telemetry_sender.records.dialect import Dialect


class DialectName(StrEnum):
    """What a record is made of."""

    FLAT = "flat"
    TRIAGE = "triage"
    MELT = "melt"
    TELEGEN = "telegen"


def find_dialect(name: DialectName) -> Dialect:
    """Return the dialect of that name, whose module is called like it, and imported only now."""
    dialect: Dialect = import_module(f"{__package__}.{name}").DIALECT
    return dialect
