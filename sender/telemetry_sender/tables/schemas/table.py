"""What a table consists of, and how users choose its form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from telemetry_common.errors import ConfigError
from telemetry_sender.records.base import Stream
from telemetry_sender.tables.columns.base import Column


class Ids(StrEnum):
    """How ids are written."""

    HEX = "hex"
    """Hexadecimal digits, as other tools show them."""
    BINARY = "binary"
    """Their 16 or 8 bytes: half the memory."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """What users choose about tables."""

    ids: Ids = Ids.HEX
    columns: Sequence[str] = ()
    """Keys of attributes that get a column of their own."""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The columns of the table of one stream."""

    stream: Stream
    columns: Sequence[Column]
    takes: Callable[[Any], bool] = lambda _: True
    """Which events of the signal are rows of it."""

    def check(self, form: TableForm, place: str) -> None:
        """Refuse columns of attributes that others are called like. Raises ConfigError."""
        taken = {column.name for column in self.columns}
        for key in form.columns:
            if key in taken:
                problem = f"the table of {self.stream} has a column {key!r} already"
                raise ConfigError(place, problem, "remove it from the columns")
            taken.add(key)
