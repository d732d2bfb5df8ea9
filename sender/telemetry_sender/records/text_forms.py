"""The forms of values in lines of text; none of them has quotes around it."""

import math

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_sender.records.forms import PAD, Form
from telemetry_sender.records.instants import ISO_WIDTH, instants
from telemetry_sender.text.digits import Cells, decimal, hexadecimal, reals, signed, times, unsigned
from telemetry_sender.text.fields import INTEGER_WIDTH, REAL_WIDTH

_NANOS_PER_MILLI = 1_000_000
_ZULU, _OFFSET = b"Z", b"+00:00"
_PADDING = PAD * INTEGER_WIDTH


def _hex(value: bytes) -> bytes:
    return value.hex().encode()


def _decimal(value: int) -> bytes:
    return b"%d" % value


def _millis(values: U64) -> Cells | None:
    fits = times(values) is not None
    return decimal(values // np.uint64(_NANOS_PER_MILLI))[:, 7:] if fits else None


def _iso(value: int, zone: bytes) -> bytes:
    text: bytes = instants(np.array([value], np.uint64), zone)[0].tobytes()
    return text


def _reals(words: NDArray[np.uint64]) -> Cells | None:
    values = words.view(np.float64)
    return reals(values, PAD) if np.isfinite(values).all() else None


def _json_reals(words: NDArray[np.uint64]) -> Cells:
    values = words.view(np.float64)
    return reals(values, PAD, dict.fromkeys((b"nan", b"inf", b"-inf"), b"null"))


def _real(value: float) -> bytes:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return repr(value).encode()


def _json_real(value: float) -> bytes:
    return repr(value).encode() if math.isfinite(value) else b"null"


HEX32 = Form("HEX32", 32, hexadecimal, is_wide=True, text=_hex)
"""An id of 16 bytes in hexadecimal digits."""
HEX16 = Form("HEX16", 16, hexadecimal, text=_hex)
"""An id of 8 bytes in hexadecimal digits."""

NANOS = Form("NANOS", 19, times, text=_decimal)
"""Unix nanoseconds; those that change have 19 digits: from 2001 to 2286."""
MILLIS = Form("MILLIS", 13, _millis, text=lambda value: _decimal(value // _NANOS_PER_MILLI))
"""The same time in whole milliseconds, rounded down: 13 digits."""
ISO_Z = Form(
    "ISO_Z",
    ISO_WIDTH + len(_ZULU),
    lambda values: instants(values, _ZULU),
    text=lambda value: _iso(value, _ZULU),
)
"""`2026-01-02T03:04:05.678901Z`, rounded down, of any Unix nanoseconds."""
ISO_OFFSET = Form(
    "ISO_OFFSET",
    ISO_WIDTH + len(_OFFSET),
    lambda values: instants(values, _OFFSET),
    text=lambda value: _iso(value, _OFFSET),
)
"""`2026-01-02T03:04:05.678901+00:00`, rounded down, of any Unix nanoseconds."""

UNSIGNED = Form(
    "UNSIGNED", INTEGER_WIDTH, lambda words: unsigned(words, _PADDING), True, text=_decimal
)
"""An integer without a sign."""
SIGNED = Form("SIGNED", INTEGER_WIDTH, lambda words: signed(words, _PADDING), True, text=_decimal)
"""An integer that may be below zero."""
COUNTER = Form("COUNTER", UNSIGNED.width, UNSIGNED.cells, True, text=_decimal)
"""The number of an event in the whole run, from 1."""
REAL = Form("REAL", REAL_WIDTH, _reals, True, text=_real)
"""A double in the fewest digits that yield it again, as Python writes it; it must be finite."""
JSON_REAL = Form("JSON_REAL", REAL_WIDTH, _json_reals, True, text=_json_real)
"""The same in JSON, which has `null` for what is no number."""
