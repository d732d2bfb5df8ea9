"""Reads one file of a set message by message, and checks it against its entry in the manifest."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic

from telemetry_common.compression import is_compressed
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_generator.reading.chunks import CHUNK_BYTES, Chunk, Data, FramingError, chunks_of
from telemetry_generator.reading.mapped import mapped
from telemetry_generator.reading.messages import Decoded, NotOtlpError, decode
from telemetry_generator.reading.progress import Progress
from telemetry_generator.reading.template_set import TemplateSet
from telemetry_generator.validation.findings import CheckedFile, Findings
from telemetry_generator.validation.kinds import Kind


@dataclass(slots=True)
class TemplateFile(Generic[Decoded]):
    """One file of the set, decoded as `message`; what is wrong with it as a file is reported."""

    template_set: TemplateSet
    signal: Signal
    message: type[Decoded]
    findings: Findings
    progress: Progress
    counts: dict[str, int] = field(default_factory=dict)
    """What was found, by the name in the manifest: resources, events, traces, time_series."""

    @property
    def name(self) -> str:
        """The file's name, as in the manifest."""
        return self.template_set.entry(self.signal).path

    def messages(self) -> Iterator[Decoded]:
        """Yield the decoded file a few megabytes at a time, and compare its size and hash."""
        try:
            path = self.template_set.path(self.signal)
            with mapped(path) as data:
                self.progress.start(self.name, len(data))
                self._compare_stored(path)
                yield from self._read(data)
        except TemplateError as error:
            self.findings.add(Kind.FILE, self.name, error.place, error.problem)

    def again(self) -> Iterator[Decoded]:
        """Yield the decoded file once more; what is wrong with it has been said."""
        quiet = Findings(self.findings.manifest)
        again = TemplateFile(self.template_set, self.signal, self.message, quiet, self.progress)
        yield from again.messages()

    def close(self) -> None:
        """Compare what was counted with the manifest, and record the file as checked."""
        entry = self.template_set.entry(self.signal)
        for name, counted in self.counts.items():
            stated = getattr(entry, name, counted)
            if stated != counted and name != "bytes":
                problem = f"{name}: the file has {counted:,}, the manifest says {stated:,}"
                self.findings.add(Kind.COUNT, self.name, "manifest", problem)
        found = (self.counts.get(name, 0) for name in ("bytes", "resources", "events"))
        self.findings.files.append(CheckedFile(self.signal, self.name, *found))

    def count(self, **more: int) -> None:
        """Add to what was counted."""
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def report(self, kind: Kind, place: str, problem: str) -> None:
        """Report something wrong at a place in this file."""
        self.findings.add(kind, self.name, place, problem)

    def report_rows(
        self, kind: Kind, rows: Sequence[int], describe: Callable[[int], tuple[str, str]]
    ) -> None:
        """Report something wrong at each of `rows`; `describe` gives its place and problem."""
        self.findings.add_rows(kind, self.name, rows, describe)

    def _read(self, data: Data) -> Iterator[Decoded]:
        digest = hashlib.sha256()
        hashed = 0
        try:
            for chunk in chunks_of(data):
                digest.update(chunk.data)
                hashed = chunk.end
                yield from self._decoded(chunk)
                self.progress.at(chunk.end)
        except FramingError as error:
            self.report(Kind.DAMAGED, f"byte {error.offset:,}", error.problem)
        for start in range(hashed, len(data), CHUNK_BYTES):
            digest.update(data[start : start + CHUNK_BYTES])
        self.counts["bytes"] = len(data)
        self._compare(len(data), digest.hexdigest())

    def _decoded(self, chunk: Chunk) -> Iterator[Decoded]:
        try:
            yield decode(self.message, chunk)
        except NotOtlpError as error:
            place = f"byte {error.offset:,}"
            self.report(Kind.DAMAGED, place, f"cannot be decoded as OTLP {self.signal}")

    def _compare_stored(self, path: Path) -> None:
        stated = self.template_set.entry(self.signal).compressed_bytes
        if is_compressed(path) and path.stat().st_size != stated:
            problem = f"{path.stat().st_size:,} bytes on disk, the manifest says {stated:,}"
            self.report(Kind.SIZE, "manifest", problem)

    def _compare(self, size: int, sha256: str) -> None:
        entry = self.template_set.entry(self.signal)
        if size != entry.bytes:
            problem = f"{size:,} bytes, the manifest says {entry.bytes:,}"
            self.report(Kind.SIZE, "manifest", problem)
        elif sha256 != entry.sha256:
            problem = f"SHA-256 {sha256[:12]}…, the manifest says {entry.sha256[:12]}…"
            self.report(Kind.HASH, "manifest", problem)
