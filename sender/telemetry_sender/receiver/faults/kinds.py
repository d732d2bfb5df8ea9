"""The kinds of faults by name, and the value that some of them need."""

import re
from collections.abc import Callable

from telemetry_common.units import parse_duration
from telemetry_sender.receiver.faults.actions import (
    Action,
    Close,
    Delay,
    Hang,
    LoseAnswer,
    Refuse,
    Reject,
    RejectCount,
    RejectFraction,
    SlowRead,
    SpoilAnswer,
    Stall,
)
from telemetry_sender.receiver.statuses import find_status

STALL = "stall"

Value = str | float | int | None

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%", re.ASCII)


def parse_action(name: str, value: Value, retry_after: float | None) -> Action:
    """Return what the fault `name` does. Raises ValueError for an unknown name or a wrong value."""
    if name in _WITH_VALUE:
        return _WITH_VALUE[name](name, value)
    status = find_status(name)
    if name not in _PLAIN and status is None:
        known = ", ".join(FAULTS)
        raise ValueError(f"no fault or status {name!r}; known: {known}, unavailable, 503 and so on")
    if value is not None:
        raise ValueError(f"{name} takes no value")
    return _PLAIN[name] if status is None else Refuse(status, retry_after)


def parse_span(name: str, value: Value) -> float:
    """Return the duration that the fault `name` was given, in seconds. Raises ValueError."""
    if value is None:
        raise ValueError(f"{name} needs a duration, for example {name}=50ms")
    seconds = parse_duration(value)
    if not seconds:
        raise ValueError(f"{name} needs a duration above zero")
    return seconds


def _delay(name: str, value: Value) -> Delay:
    low, separator, high = str(value).partition("..")
    if not separator:
        seconds = parse_span(name, value)
        return Delay(seconds, seconds)
    delay = Delay(parse_duration(low), parse_span(name, high))
    if delay.low > delay.high:
        raise ValueError(f"{name}={value}: the first duration is the longer one")
    return delay


def _stall(name: str, value: Value) -> Stall:
    parse_span(name, value)
    return Stall()


def _slow_read(name: str, value: Value) -> SlowRead:
    return SlowRead(parse_span(name, value))


def _reject(name: str, value: Value) -> Reject:
    text = str(value)
    percent = _PERCENT.fullmatch(text)
    if percent and 0 < float(percent[1]) <= 100:
        return RejectFraction(float(percent[1]) / 100)
    if text.isascii() and text.isdigit() and int(text) > 0:
        return RejectCount(int(text))
    raise ValueError(f"{name} needs a number of events or a share, for example {name}=10%")


_WITH_VALUE: dict[str, Callable[[str, Value], Action]] = {
    "delay": _delay,
    STALL: _stall,
    "slow-read": _slow_read,
    "reject": _reject,
}
_PLAIN: dict[str, Action] = {
    "close": Close(),
    "answer-lost": LoseAnswer(),
    "garbage": SpoilAnswer(),
    "hang": Hang(),
}

FAULTS = (*_WITH_VALUE, *_PLAIN)
"""The names of all faults that are not a status."""
