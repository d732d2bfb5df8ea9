"""Opens bytes as template files, without the checks that are for files of users."""

import mmap
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from telemetry_common.planning.identities import Identities
from telemetry_common.planning.planner import build_plan
from telemetry_common.signals import Signal
from telemetry_common.template import Template


def template_of(folder: Path, contents: Mapping[Signal, bytes]) -> dict[Signal, Template]:
    """Write each signal's bytes to a file, plan it, and open it; traces come first."""
    identities = Identities.none()
    templates: dict[Signal, Template] = {}
    for signal, data in sorted(contents.items(), key=lambda item: item[0] is not Signal.TRACES):
        path = folder / f"x-{signal}.pb"
        path.write_bytes(data)
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        plan = build_plan(np.frombuffer(mapped, np.uint8), signal, str(signal), identities)
        templates[signal] = Template(signal, path, mapped, plan, was_cached=False)
        if signal is Signal.TRACES:
            identities = Identities.read(plan, templates[signal].words().integer)
    return templates
