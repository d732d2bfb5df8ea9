"""Keeps plans beside their template files, so that a set is walked once and then loads at once.

A cache is an uncompressed NumPy archive. It is only an aid: one that is missing, stale, damaged or
cannot be written is made anew from the template file, which alone is the truth.
"""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from telemetry_common.files import whole_file
from telemetry_common.manifest import COMPRESSED_SUFFIX
from telemetry_common.planning.plan import Level, Plan, Slots
from telemetry_common.signals import Signal

_VERSION = 3
_SCALARS = ("size", "traces", "spans")
_TEXTS = ("sha256", "resolved_against")


def cache_path(template: Path) -> Path:
    """Return where the plan of `template` is kept.

    `x-traces.pb` has `x-traces.plan.npz`, and so has `x-traces.pb.zst`, whose content is the same.
    """
    plain = template.with_name(template.name.removesuffix(COMPRESSED_SUFFIX))
    return plain.with_suffix(".plan.npz")


def load_plan(file: Path, signal: Signal, sha256: str, resolved_against: str) -> Plan | None:
    """Return the kept plan, or None unless it belongs to exactly these files and this version."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            plan = _unpacked(archive)
    except Exception:  # noqa: BLE001 - a damaged archive fails in more ways than can be listed
        return None
    # A cache is named after its file alone, which may be given as another signal this time.
    same = (plan.signal, plan.sha256) == (signal, sha256)
    fits = same and plan.resolved_against in (resolved_against, sha256)
    return plan if fits and _within_file(plan) else None


def save_plan(file: Path, plan: Plan) -> bool:
    """Keep `plan` in `file`; False where that is not possible (a read-only directory)."""
    try:
        with whole_file(file) as stream:
            np.savez(stream, allow_pickle=False, **_packed(plan))
    except OSError:
        return False
    return True


def _packed(plan: Plan) -> dict[str, Any]:
    arrays: dict[str, Any] = {"version": _VERSION}
    for field in dataclasses.fields(plan):
        value = getattr(plan, field.name)
        if isinstance(value, Slots):
            arrays |= {f"{field.name}.{part}": getattr(value, part) for part in Slots.__slots__}
        elif field.name == "levels":
            arrays |= _packed_levels(value)
        else:
            arrays[field.name] = value
    return arrays


def _packed_levels(levels: tuple[Level, ...]) -> dict[str, Any]:
    parts = {
        f"levels.{depth}.{part}": getattr(level, part)
        for depth, level in enumerate(levels)
        for part in Level.__slots__
    }
    return {"levels": len(levels), **parts}


def _unpacked(archive: Any) -> Plan:
    if int(archive["version"]) != _VERSION:
        raise ValueError("another version")
    values: dict[str, Any] = {}
    for field in dataclasses.fields(Plan):
        if field.type is Slots:
            parts = (archive[f"{field.name}.{part}"] for part in Slots.__slots__)
            values[field.name] = Slots(*parts)
        elif field.name == "levels":
            values["levels"] = tuple(_level(archive, i) for i in range(int(archive["levels"])))
        else:
            values[field.name] = archive[field.name]
    values |= {name: int(values[name]) for name in _SCALARS}
    values |= {name: str(values[name]) for name in _TEXTS}
    values["signal"] = Signal(str(values["signal"]))
    return Plan(**values)


def _level(archive: Any, depth: int) -> Level:
    return Level(*(archive[f"levels.{depth}.{part}"] for part in Level.__slots__))


def _within_file(plan: Plan) -> bool:
    """Tell whether every slot lies in the file, so that a damaged cache cannot be stamped."""
    ends = (
        (plan.time.offset, 8),
        (plan.trace_id.offset, 16),
        (plan.span_id.offset, 8),
        (plan.profile_id.offset, 16),
        (plan.foreign, 8),
        (plan.point_time, 8),
        (plan.point_start.offset, 8),
        (plan.count, 8),
        (plan.amount, 8),
        (plan.event_end, 0),
    )
    return all(
        int(offset.min()) >= 0 and int(offset.max()) + width <= plan.size
        for offset, width in ends
        if len(offset)
    )
