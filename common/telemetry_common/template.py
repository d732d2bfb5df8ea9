"""Opens template files: maps their bytes, checks them against their manifest, finds their plans."""

import hashlib
import mmap
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from telemetry_common.compression import open_template_bytes
from telemetry_common.errors import TemplateError
from telemetry_common.foreign.delays import read_delays
from telemetry_common.foreign.timing import with_times
from telemetry_common.late import LateSpans, find_late_spans
from telemetry_common.manifest import entry_beside
from telemetry_common.planning.identities import Identities
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.plan_cache import cache_path, load_plan, save_plan
from telemetry_common.planning.planner import build_plan
from telemetry_common.planning.wire import WireError
from telemetry_common.planning.words import Words, view_words
from telemetry_common.signals import Signal

Progress = Callable[[Signal, int, int], None]
"""Called while a plan is made, with the signal, the bytes walked and the bytes of the file."""

Rewrite = Callable[[Signal, mmap.mmap, Path], mmap.mmap]
"""Returns other bytes to replay in place of those of a signal's file. Raises WireError."""


@dataclass(frozen=True, slots=True)
class Template:
    """A mapped template file and its plan. The bytes are read-only and shared by all workers."""

    signal: Signal
    path: Path
    data: mmap.mmap | bytes
    plan: Plan
    was_cached: bool
    """Whether the plan was loaded from its cache."""
    late: LateSpans | None = None
    """What of it is to be sent later than the rest; None where nothing is."""

    def words(self) -> Words:
        """Return the file's bytes as unaligned words, read-only."""
        return view_words(self.data, len(self.data))


def open_templates(
    paths: Mapping[Signal, Path],
    on_progress: Progress = lambda *_: None,
    rewrite: Rewrite | None = None,
) -> dict[Signal, Template]:
    """Open the template files of one set, traces first since the others refer to them.

    With `rewrite`, every file is replaced by what that returns; such plans are not kept.

    Raises TemplateError for a file that is missing, empty, damaged, not OTLP or another signal's.
    """
    identities = Identities.none()
    templates: dict[Signal, Template] = {}
    for signal in sorted(paths, key=lambda signal: signal is not Signal.TRACES):
        template = _open(signal, paths[signal], identities, on_progress, rewrite)
        templates[signal] = template
        if signal is Signal.TRACES and len(paths) > 1:
            identities = Identities.read(template.plan, template.words().integer)
    return {signal: templates[signal] for signal in paths}


def _open(
    signal: Signal,
    path: Path,
    identities: Identities,
    on_progress: Progress,
    rewrite: Rewrite | None,
) -> Template:
    with _named(path, signal):
        data, sha256, late = _read(path, signal)
        if rewrite is not None:
            data = rewrite(signal, data, path)
            sha256 = hashlib.sha256(data).hexdigest()
    cache = None if rewrite else cache_path(path)
    plan = load_plan(cache, signal, sha256, identities.sha256) if cache else None
    if plan is not None:
        return Template(signal, path, data, plan, True, late or find_late_spans(path, plan))
    bytes_view = np.frombuffer(data, np.uint8)
    report = lambda done: on_progress(signal, done, len(data))  # noqa: E731
    with _named(path, signal):
        plan = build_plan(bytes_view, signal, sha256, identities, report)
    _check_events(path, plan)
    if cache is not None:
        save_plan(cache, plan)
    return Template(signal, path, data, plan, False, late or find_late_spans(path, plan))


def _read(path: Path, signal: Signal) -> tuple[mmap.mmap, str, LateSpans | None]:
    """Return the bytes to replay, their hash, and the delays that the file itself names.

    The manifest tells of the bytes in the file.
    """
    data = open_template_bytes(path)
    sha256 = hashlib.sha256(data).hexdigest()
    _check_manifest(path, len(data), sha256)
    if signal is not Signal.TRACES:
        return data, sha256, None
    stored, data = data, with_times(data, path)
    sha256 = sha256 if data is stored else hashlib.sha256(data).hexdigest()
    return data, sha256, read_delays(stored, path)


@contextmanager
def _named(path: Path, signal: Signal) -> Iterator[None]:
    """Say of which file, and of which signal, bytes are not protobuf."""
    try:
        yield
    except WireError as error:
        raise TemplateError(
            f"{path}: byte {error.offset}", f"not OTLP {signal}: {error.problem}", _REPLACE
        ) from None


_REPLACE = "generate the set again, or give the right file"


def _check_manifest(path: Path, size: int, sha256: str) -> None:
    """Compare a file with the manifest beside it; a file without one is taken as it is."""
    entry = entry_beside(path)
    if entry is None or (entry.bytes, entry.sha256) == (size, sha256):
        return
    problem = f"{size:,} bytes, the manifest says {entry.bytes:,}"
    if entry.bytes == size:
        problem = "its hash differs from the manifest's"
    raise TemplateError(str(path), problem, "generate the set again")


def _check_events(path: Path, plan: Plan) -> None:
    """Refuse a file without events, or whose events lack what every event of the signal has."""
    noun = plan.signal.event_noun
    if not plan.events:
        raise TemplateError(str(path), f"holds no {noun}", _REPLACE)
    if plan.signal is Signal.TRACES:
        lacking = "an id" if not (plan.traces and len(plan.span_id)) else None
    else:
        lacking = "a time" if not (len(plan.time) or len(plan.point_time)) else None
    if lacking:
        problem = f"none of its {noun} has {lacking}, so it is not OTLP {plan.signal}"
        raise TemplateError(str(path), problem, _REPLACE)
