"""What the files of a sink are called, and which files that are there already have such names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telemetry_sender.sending.part import WHOLE, Part

_PATTERNS = {"sequence": r"\d{4,}", "time": r"\d{8}_\d{6}"}
_NANOS = 10**9


@dataclass(frozen=True, slots=True)
class Naming:
    """Makes names out of placeholders: {prefix}, {stream}, {time}, {sequence}."""

    directory: Path
    name: str
    prefix: str
    ending: str
    """Begins with a dot."""
    part: Part = WHOLE

    def path(self, stream: str, sequence: int, time: int) -> Path:
        """Return where a file goes: `sequence` counts from 1, `time` is in Unix nanoseconds."""
        instant = datetime.fromtimestamp(time // _NANOS, UTC)
        values = {"sequence": f"{sequence:04d}", "time": f"{instant:%Y%m%d_%H%M%S}"}
        return self.directory / self._filled(stream, values)

    def lock(self, stream: str) -> Path:
        """Return the file that is locked by whoever writes this stream."""
        words = {"sequence": "sequence", "time": "time"}
        return self.directory / f".{self._filled(stream, words)}.lock"

    def existing(self, streams: Iterable[str]) -> Iterator[Path]:
        """Return the files that have names of these streams."""
        return self._matching(streams, "{}")

    def leftovers(self, streams: Iterable[str]) -> Iterator[Path]:
        """Return the unfinished files of these streams, whoever left them."""
        return self._matching(streams, r"\.{}\.partial")

    def _matching(self, streams: Iterable[str], around: str) -> Iterator[Path]:
        names = "|".join(self._pattern(stream) for stream in streams)
        pattern = re.compile(around.replace("{}", f"(?:{names})"))
        return (path for path in self.directory.iterdir() if pattern.fullmatch(path.name))

    def _pattern(self, stream: str) -> str:
        marks = {"sequence": "\0", "time": "\1"}
        pattern = re.escape(self._filled(stream, marks))
        for name, mark in marks.items():
            pattern = pattern.replace(re.escape(mark), _PATTERNS[name])
        return pattern

    def _filled(self, stream: str, values: dict[str, str]) -> str:
        known = {"prefix": self.prefix, "stream": stream, **values}
        stem = re.sub(r"\{(\w+)\}", lambda found: known[found[1]], self.name)
        return f"{stem}{self._part_suffix()}{self.ending}"

    def _part_suffix(self) -> str:
        """Return what keeps the files of several processes apart, numbered from 0."""
        return f"-p{self.part.number:02d}" if self.part.count > 1 else ""


def partial_path(path: Path) -> Path:
    """Return where a file is while it is not complete: hidden, beside its place."""
    return path.with_name(f".{path.name}.partial")
