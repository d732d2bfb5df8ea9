"""Durations, sizes, rates and instants as people write them: `1h30m`, `512MB`, `45,120/s`."""

import re
import sys
from datetime import UTC, datetime
from fractions import Fraction

_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = r"(\d+(?:\.\d+)?)"
_DURATION_PART = re.compile(rf"{_NUMBER}\s*(ns|us|ms|s|m|h|d)\s*", re.ASCII)
_DURATION = re.compile(rf"(?:{_DURATION_PART.pattern})+", re.ASCII)
_SIZE = re.compile(rf"{_NUMBER}\s*([KMGT]?)(?:I?B)?", re.ASCII | re.IGNORECASE)
_SIZE_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_duration(text: str | float) -> float:
    """Return seconds for `5m`, `1h30m`, `250ms`, or a plain number of seconds.

    Raises ValueError for anything else: negative and endless values too.
    """
    seconds = text if isinstance(text, int | float) else _written_seconds(text)
    if not 0 <= seconds <= sys.float_info.max:
        raise _no_duration(text)
    return float(seconds)


def _written_seconds(text: str) -> float:
    compact = text.strip()
    if re.fullmatch(_NUMBER, compact, re.ASCII):
        return float(compact)
    if not _DURATION.fullmatch(compact):
        raise _no_duration(text)
    parts = _DURATION_PART.findall(compact)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _no_duration(text: object) -> ValueError:
    return ValueError(f"{text!r} is not a duration like 30s, 5m or 1h30m")


def parse_size(text: str | int) -> int:
    """Return bytes for `512MB`, `1.5G`, `100K` or a plain count; units are powers of 1024.

    Raises ValueError for anything else, negative values included.
    """
    match = _SIZE.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size like 100MB or 1.5G")
    number, unit = match.groups()
    return int(Fraction(number) * 1024 ** _SIZE_POWERS[unit.upper()])


def format_size(size: float) -> str:
    """Return bytes in the largest unit that keeps the number above one: `3.2 MB`."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TB"


def format_rate(per_second: float) -> str:
    """Return a rate as `45,120/s`; a low one keeps two digits: `0.5/s`."""
    return f"{per_second:,.0f}/s" if per_second >= 10 else f"{per_second:.2g}/s"


def format_duration(seconds: float) -> str:
    """Return seconds as `4.2s`, `3m05s` or `2h00m05s`."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02d}m{rest:02d}s" if hours else f"{minutes}m{rest:02d}s"


def format_instant(instant: datetime) -> str:
    """Return an instant as RFC 3339 has it, in UTC: `2026-01-02T03:04:05.678901Z`."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
