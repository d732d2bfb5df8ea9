"""Writing a template set so that it is whole or absent: the manifest comes last.

All files are first written under temporary names. Only when every one is complete is the old
manifest removed, are the files renamed and is the new manifest written. A run that is interrupted
or fails leaves either the old set or no manifest, and a set without a manifest is not a set.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from telemetry_common import __version__, compression
from telemetry_common.files import whole_file
from telemetry_common.manifest import Manifest, ManifestFile, manifest_path, template_path
from telemetry_common.signals import Signal
from telemetry_generator.chunks import Chunk, Source
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.config.output import OutputConfig
from telemetry_generator.encode.otlp_json import json_lines
from telemetry_generator.estimate import sender_bytes
from telemetry_generator.progress import Progress

Produce = Callable[[Source], Iterator[Chunk]]
"""Yields the chunks of a source in order, made here or by other processes."""


class Tally:
    """What has been written to one template file so far."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._counts: Counter[str] = Counter()

    def add(self, chunk: Chunk) -> None:
        """Count one more chunk."""
        self._digest.update(chunk.data)
        self._counts["bytes"] += len(chunk.data)
        for name in ("resources", "events", "traces", "time_series", "rootless"):
            self._counts[name] += getattr(chunk, name)

    def entry(self, name: str, compressed_bytes: int) -> ManifestFile:
        """Return the manifest's entry for the file of this name."""
        return ManifestFile(
            path=name,
            sha256=self._digest.hexdigest(),
            compressed_bytes=compressed_bytes,
            **self._counts,
        )


@dataclass(frozen=True, slots=True)
class WrittenSet:
    """A finished set: its manifest, where that is, and the seconds each signal took."""

    manifest: Manifest
    path: Path
    seconds: Mapping[Signal, float]


def write_set(
    config: GeneratorConfig,
    sources: Sequence[Source],
    produce: Produce,
    progress: Progress,
    *,
    with_json: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> WrittenSet:
    """Write all signals and the manifest into the output directory, which must exist.

    Raises OSError (disk full, no permission).
    """
    files: dict[Signal, ManifestFile] = {}
    seconds: dict[Signal, float] = {}
    with ExitStack() as open_files:
        for source in sources:
            began = clock()
            path = _path(config.output, source.signal)
            template = open_files.enter_context(whole_file(path))
            text = open_files.enter_context(whole_file(_json_path(path))) if with_json else None
            progress.start(source.signal, source.steps)
            tally = _write_signal(
                source.signal, produce(source), _packing(config.output, template), text, progress
            )
            size = template.tell() if config.output.is_compressed else 0
            files[source.signal] = tally.entry(path.name, size)
            seconds[source.signal] = clock() - began
        _remove_old(config.output)
    manifest = _manifest(config, files)
    path = manifest_path(Path(config.output.directory), config.output.prefix)
    with whole_file(path) as file:
        file.write(manifest.to_yaml().encode())
    return WrittenSet(manifest, path, seconds)


def effective_configuration(config: GeneratorConfig) -> dict[str, Any]:
    """Return the configuration for the manifest.

    The directory is left out, so that a set is the same wherever it is written.
    """
    return config.model_dump(mode="json", exclude={"output": {"directory"}})


def _write_signal(
    signal: Signal,
    chunks: Iterator[Chunk],
    packing: AbstractContextManager[compression.Writer],
    text: BinaryIO | None,
    progress: Progress,
) -> Tally:
    """Write the chunks of a signal, as OTLP/JSON lines too where `text` is given."""
    tally = Tally()
    with packing as template:
        for chunk in chunks:
            template.write(chunk.data)
            if text is not None:
                text.writelines(json_lines(signal, chunk.data))
            tally.add(chunk)
            progress.advance(chunk.steps)
    return tally


def _packing(output: OutputConfig, file: BinaryIO) -> AbstractContextManager[compression.Writer]:
    """Return what template bytes are written to: the file, or a compressor before it."""
    if output.is_compressed:
        return compression.writer(file, output.compression_level)
    return nullcontext(file)


def _manifest(config: GeneratorConfig, files: dict[Signal, ManifestFile]) -> Manifest:
    return Manifest(
        generator_version=__version__,
        seed=config.seed,
        horizon_nanos=config.horizon_nanos,
        estimated_sender_bytes=sender_bytes(sum(file.bytes for file in files.values())),
        configuration=effective_configuration(config),
        files=files,
    )


def _remove_old(output: OutputConfig) -> None:
    """Remove the set that this one replaces, its manifest first."""
    directory = Path(output.directory)
    manifest_path(directory, output.prefix).unlink(missing_ok=True)
    for signal in Signal:
        for compressed in (False, True):
            path = template_path(directory, output.prefix, signal, compressed=compressed)
            path.unlink(missing_ok=True)
            _json_path(path).unlink(missing_ok=True)


def _path(output: OutputConfig, signal: Signal) -> Path:
    directory = Path(output.directory)
    return template_path(directory, output.prefix, signal, compressed=output.is_compressed)


def _json_path(template: Path) -> Path:
    """Return where the text of a template goes: `x.pb` and `x.pb.zst` both have `x.json`."""
    return template.with_name(template.name.partition(".pb")[0] + ".json")
