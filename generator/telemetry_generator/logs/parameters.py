"""Parameters of log messages: the values that take the place of `{name}` in a pattern.

A value is a head and a tail, each from a table, so that millions of numbers or addresses need two
small tables, and columns of them are made by choosing twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from telemetry_generator.tables import read_table

Values = str | Sequence[str | int | float]
"""As written: a list, `first..last`, `hex:8`, `10.0.*.*`, or a file with one value a line."""

Tables = tuple[tuple[str, ...], tuple[str, ...]]
"""Heads and tails."""

SMALL = 10_000
"""Ranges of at most so many numbers are one table."""

_RANGE = re.compile(r"(\d{1,12})\.\.(\d{1,12})", re.ASCII)
_HEX = re.compile(r"hex:([1-8])", re.ASCII)
_ADDRESS = re.compile(r"(\d{1,3}\.\d{1,3})\.\*\.\*", re.ASCII)
_NUMBER = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)
_MOST_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named set of values: every head followed by every tail."""

    name: str
    heads: tuple[str, ...]
    tails: tuple[str, ...] = ("",)
    attribute: str = ""
    """The key under which events carry the value; `app.<name>` unless it is a convention's."""

    @property
    def is_number(self) -> bool:
        """Whether all values are whole numbers of the usual form, which stand in one table."""
        return self.tails == ("",) and all(map(_NUMBER.fullmatch, self.heads))

    @property
    def key(self) -> str:
        """The attribute key of the value."""
        return self.attribute or f"app.{self.name}"


NOTHING = Parameter("", ("",))
"""Stands where a pattern has fewer parameters than others."""


def shipped_parameters() -> dict[str, Parameter]:
    """Return the parameters that come with the package, by name."""
    rows = read_table("log_parameters")
    return {row["name"]: _shipped(row) for row in rows}


def _shipped(row: Mapping[str, str]) -> Parameter:
    written = row["values"]
    values = written.split("|") if "|" in written else written
    return make_parameter(row["name"], values, row["attribute"])


def make_parameter(name: str, values: Values, attribute: str = "") -> Parameter:
    """Return the parameter that is written like this; raises ValueError that says what is wrong."""
    heads, tails = _written(values) if isinstance(values, str) else _listed(values)
    return Parameter(name, heads, tails, attribute)


def _written(text: str) -> Tables:
    if found := _RANGE.fullmatch(text):
        return _numbers(int(found[1]), int(found[2]))
    if found := _HEX.fullmatch(text):
        return _hexadecimal(int(found[1]))
    if found := _ADDRESS.fullmatch(text):
        return _addresses(found[1])
    return _listed(_lines(Path(text)))


def _listed(values: Iterable[str | int | float]) -> Tables:
    texts = tuple(str(value) for value in values)
    if not texts:
        raise ValueError("has no values")
    if len(texts) > _MOST_VALUES:
        raise ValueError(f"has more than {_MOST_VALUES:,} values")
    return texts, ("",)


def _numbers(first: int, last: int) -> Tables:
    """Return the numbers of a range; a long one in whole thousands, as heads and tails."""
    if first > last:
        raise ValueError(f"goes from {first} down to {last}: write the smaller number first")
    if last - first < SMALL:
        return tuple(map(str, range(first, last + 1))), ("",)
    if first < 1000 or first % 1000 or last % 1000 != 999:
        fitting = f"{max(1000, first // 1000 * 1000)}..{last // 1000 * 1000 + 999}"
        raise ValueError(f"more than {SMALL:,} numbers come in whole thousands: write {fitting}")
    if (last - first) // 1000 >= _MOST_VALUES:
        raise ValueError(f"has more than {_MOST_VALUES * 1000:,} values")
    thousands = range(first // 1000, last // 1000 + 1)
    return tuple(map(str, thousands)), tuple(f"{rest:03d}" for rest in range(1000))


@cache
def _hexadecimal(digits: int) -> Tables:
    left = digits // 2
    heads = tuple(f"{value:0{left}x}" for value in range(16**left)) if left else ("",)
    return heads, tuple(f"{value:0{digits - left}x}" for value in range(16 ** (digits - left)))


def _addresses(network: str) -> Tables:
    if any(int(octet) > 255 for octet in network.split(".")):
        raise ValueError(f"{network}.*.* is no network: a part is above 255")
    heads = tuple(f"{network}.{octet}." for octet in range(256))
    return heads, tuple(map(str, range(1, 255)))


def _lines(file: Path) -> list[str]:
    """Return the values in a file: a line each, `#` starts a comment."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        problem = f"{str(file)!r} is neither a range such as 1..100 nor a file of values"
        raise ValueError(f"{problem} ({(reason or str(error)).lower()})") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
