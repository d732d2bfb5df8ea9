"""Writes Unix nanoseconds as ISO 8601 in columns, without a loop over the values."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_sender.text.digits import Cells

ISO_WIDTH = 26
"""Characters of `2026-01-02T03:04:05.678901`, which is followed by the zone."""
_MOST_ZONE = 6
_NANOS_PER_MICRO = np.uint64(1_000)
_MICROS_PER_SECOND = np.uint64(1_000_000)
_SECONDS_PER_DAY = 86_400

_ROW = np.dtype(
    [("date", "V11"), ("clock", "V9"), ("high", "V3"), ("low", "V3"), ("zone", f"V{_MOST_ZONE}")]
)
"""`2026-01-02T`, `03:04:05.`, `678`, `901`, `+00:00`."""
Column = NDArray[np.void]


def instants(values: U64, zone: bytes) -> Cells:
    """Return instants, rounded down to microseconds, with the text of their `zone` behind them.

    Shape (n, 26 + len(zone)), of which the zone is up to six characters. Any value has such a text:
    the last is in the year 2554.
    """
    micros = values // _NANOS_PER_MICRO
    seconds = micros // _MICROS_PER_SECOND
    fraction = (micros - seconds * _MICROS_PER_SECOND).astype(np.int64)
    whole = seconds.astype(np.int64)
    days = whole // _SECONDS_PER_DAY
    high = fraction // 1_000
    rows = np.empty(len(values), _ROW)
    rows["date"] = _dates(days)
    rows["clock"] = _CLOCK.take(whole - days * _SECONDS_PER_DAY)
    rows["high"] = _THOUSAND.take(high)
    rows["low"] = _THOUSAND.take(fraction - high * 1_000)
    rows["zone"] = np.void(zone.ljust(_MOST_ZONE))
    return rows.view(np.uint8).reshape(len(values), -1)[:, : ISO_WIDTH + len(zone)]


def _dates(days: NDArray[np.int64]) -> Column:
    """Return the date of each day since 1970 and a `T`; few days are many values' as a rule."""
    if not len(days):
        return np.empty(0, "V11")
    first, last = int(days.min()), int(days.max())
    if last - first >= len(days):
        return _texts_of_days(days)
    return _texts_from(first, last + 1).take(days - first)


@lru_cache(maxsize=8)
def _texts_from(first: int, end: int) -> Column:
    """Return the dates of a run of days, which the next block is likely to ask for again."""
    return _texts_of_days(np.arange(first, end))


def _texts_of_days(days: NDArray[np.int64]) -> Column:
    cells = np.full((len(days), 11), b"T"[0], np.uint8)
    dates = np.datetime_as_string(days.astype("datetime64[D]")).astype("S10")
    cells[:, :10] = dates.view(np.uint8).reshape(-1, 10)
    return cells.view("V11")[:, 0]


def _table(texts: list[bytes], width: int) -> Column:
    return np.frombuffer(b"".join(texts), f"V{width}")


def _clock() -> Column:
    """Return the time of every second of a day."""
    sixty = [b"%02d" % number for number in range(60)]
    minutes = [b"%b:%b:" % (hour, minute) for hour in sixty[:24] for minute in sixty]
    return _table([b"%b%b." % (minute, second) for minute in minutes for second in sixty], 9)


_CLOCK = _clock()
_THOUSAND = _table([b"%03d" % number for number in range(1_000)], 3)
