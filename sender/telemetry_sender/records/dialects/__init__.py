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


_MODULES = {
    DialectName.FLAT: "telemetry_sender.records.flat",
    DialectName.TRIAGE: "telemetry_sender.records.dialects.triage",
    DialectName.MELT: "telemetry_sender.records.dialects.melt",
    DialectName.TELEGEN: "telemetry_sender.records.dialects.telegen",
}


def find_dialect(name: DialectName) -> Dialect:
    """Return the dialect of that name, whose module is imported only now."""
    dialect: Dialect = import_module(_MODULES[name]).DIALECT
    return dialect
