"""The grammar of `--fault` and `--capacity`: a head, then `KEY=VALUE` pairs behind commas.

A specification stands for the same keys in YAML (`faults.config`), so that there is one set of
rules: `unavailable,retry-after=2s` is `{fault: unavailable, retry_after: 2s}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telemetry_common.config import Source, load_config, validate
from telemetry_common.errors import UsageError
from telemetry_sender.receiver.capacity import Limit
from telemetry_sender.receiver.faults.actions import Fault
from telemetry_sender.receiver.faults.config import CapacityConfig, FaultConfig, FaultsFile

Plain = str | int | float


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """All that a session does on purpose."""

    faults: tuple[Fault, ...]
    limit: Limit | None


def load_misbehaviour(
    file: Path | None, faults: Sequence[str], capacity: str | None
) -> Misbehaviour:
    """Return what a file and the options ask for: faults of both, the capacity of the option first.

    Raises UsageError.
    """
    read = FaultsFile() if file is None else load_config(FaultsFile, file)
    wanted = (*read.faults, *map(parse_fault, faults))
    limited = read.capacity if capacity is None else parse_capacity(capacity)
    limit = None if limited is None else limited.built()
    return Misbehaviour(tuple(each.built() for each in wanted), limit)


def parse_fault(text: str) -> FaultConfig:
    """Return the fault of `NAME[=VALUE][,KEY=VALUE]...`. Raises UsageError."""
    place = f"--fault {text}"
    head, *pairs = text.split(",")
    name, separator, value = head.partition("=")
    values: dict[str, Any] = {"fault": name.strip()}
    if separator:
        values["value"] = value.strip()
    return validate(FaultConfig, Source(place, _with_pairs(place, values, pairs), {}))


def parse_capacity(text: str) -> CapacityConfig:
    """Return the capacity of `RATE/s[,KEY=VALUE]...`. Raises UsageError."""
    place = f"--capacity {text}"
    rate, *pairs = text.split(",")
    values = {"rate": _plain(rate.strip().removesuffix("/s"))}
    return validate(CapacityConfig, Source(place, _with_pairs(place, values, pairs), {}))


def _with_pairs(place: str, values: dict[str, Any], pairs: Sequence[str]) -> dict[str, Any]:
    for pair in pairs:
        key, separator, value = (part.strip() for part in pair.partition("="))
        key = key.replace("-", "_")
        if not separator or not key:
            raise UsageError(place, f"{pair!r} is not KEY=VALUE", "write for example nth=7")
        if key in values:
            raise UsageError(place, f"{key!r} is given twice", "leave one out")
        values[key] = _plain(value)
    return values


def _plain(text: str) -> Plain:
    """Return a number where the text is one, as YAML would."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
