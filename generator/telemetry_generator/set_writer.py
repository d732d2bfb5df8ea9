"""Writing a template set so that it is whole or absent: the manifest comes last.

All files are first written under temporary names. Only when every one is complete is the old
manifest removed, are the files renamed and is the new manifest written. A run that is interrupted
or fails leaves either the old set or no manifest, and a set without a manifest is not a set.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from telemetry_common import __version__
from telemetry_common.files import whole_file
from telemetry_common.manifest import Manifest, ManifestFile, manifest_path, template_path
from telemetry_common.signals import Signal
from telemetry_generator.build import Chunk, SignalStream
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.otlp_json import json_line
from telemetry_generator.progress import Progress

_SENDER_BASE_BYTES = 100 << 20  # interpreter, gRPC, buffers of the requests in flight
_PLAN_PERCENT = 25  # offsets and indices of the slots, next to the template's own bytes


class Tally:
    """What has been written to one template file so far."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._counts: Counter[str] = Counter()

    def add(self, chunk: Chunk) -> None:
        """Count one more chunk."""
        self._digest.update(chunk.data)
        self._counts["bytes"] += len(chunk.data)
        self._counts["resources"] += chunk.resources
        self._counts["events"] += chunk.events
        self._counts["traces"] += chunk.traces
        self._counts["time_series"] += chunk.time_series

    def entry(self, name: str) -> ManifestFile:
        """Return the manifest's entry for the file of this name."""
        return ManifestFile(path=name, sha256=self._digest.hexdigest(), **self._counts)


@dataclass(frozen=True, slots=True)
class WrittenSet:
    """A finished set: its manifest, where that is, and the seconds each signal took."""

    manifest: Manifest
    path: Path
    seconds: Mapping[Signal, float]


def write_set(
    config: GeneratorConfig,
    streams: Sequence[SignalStream],
    progress: Progress,
    *,
    with_json: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> WrittenSet:
    """Write all signals and the manifest into the output directory, which must exist.

    Raises OSError (disk full, no permission).
    """
    directory, prefix = Path(config.output.directory), config.output.prefix
    files: dict[Signal, ManifestFile] = {}
    seconds: dict[Signal, float] = {}
    with ExitStack() as open_files:
        for stream in streams:
            began = clock()
            path = template_path(directory, prefix, stream.signal)
            template = open_files.enter_context(whole_file(path))
            text = open_files.enter_context(whole_file(_json_path(path))) if with_json else None
            files[stream.signal] = _write_signal(stream, template, text, progress).entry(path.name)
            seconds[stream.signal] = clock() - began
        _remove_old(directory, prefix)
    manifest = _manifest(config, files)
    path = manifest_path(directory, prefix)
    with whole_file(path) as file:
        file.write(manifest.to_yaml().encode())
    return WrittenSet(manifest, path, seconds)


def effective_configuration(config: GeneratorConfig) -> dict[str, Any]:
    """Return the configuration for the manifest.

    The directory is left out, so that a set is the same wherever it is written.
    """
    return config.model_dump(mode="json", exclude={"output": {"directory"}})


def _write_signal(
    stream: SignalStream, template: BinaryIO, text: BinaryIO | None, progress: Progress
) -> Tally:
    """Write the chunks of a signal, as OTLP/JSON lines too where `text` is given."""
    progress.start(stream.signal, stream.expected)
    tally = Tally()
    for chunk in stream.chunks:
        template.write(chunk.data)
        if text is not None:
            text.write(json_line(stream.signal, chunk.data))
        tally.add(chunk)
        progress.advance(chunk.traces or chunk.events)
    return tally


def _manifest(config: GeneratorConfig, files: dict[Signal, ManifestFile]) -> Manifest:
    size = sum(file.bytes for file in files.values())
    return Manifest(
        generator_version=__version__,
        seed=config.seed,
        horizon_nanos=config.horizon_nanos,
        estimated_sender_bytes=_SENDER_BASE_BYTES + size + size * _PLAN_PERCENT // 100,
        configuration=effective_configuration(config),
        files=files,
    )


def _remove_old(directory: Path, prefix: str) -> None:
    """Remove the set that this one replaces, its manifest first."""
    manifest_path(directory, prefix).unlink(missing_ok=True)
    for signal in Signal:
        path = template_path(directory, prefix, signal)
        path.unlink(missing_ok=True)
        _json_path(path).unlink(missing_ok=True)


def _json_path(template: Path) -> Path:
    return template.with_suffix(".json")
