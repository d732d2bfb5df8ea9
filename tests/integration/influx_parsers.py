"""The parsers of InfluxDB itself, in a process that reads line after line."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from line_protocol import FieldValue, Line

BUILD = Path(__file__).parent / "influx" / "build"


@dataclass(frozen=True, slots=True)
class InfluxParsers:
    """A running reader of `influx/main.go`."""

    process: "subprocess.Popen[bytes]"

    def read(self, line: bytes) -> dict[str, Line]:
        """Return what each parser makes of a line; fails where one cannot read it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return {name: _line(point, line) for name, point in answer.items()}


def find_parsers() -> Path | None:
    """Return the program that `influx/build` has built, if it has."""
    built = subprocess.run([BUILD, "--print"], check=True, capture_output=True, text=True)
    path = Path(built.stdout.strip())
    return path if path.is_file() else None


@contextmanager
def influx_parsers(program: Path) -> Iterator[InfluxParsers]:
    """Run the program."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield InfluxParsers(process)


def _line(point: dict[str, Any], line: bytes) -> Line:
    assert "problem" not in point, f"{line!r}: {point['problem']}"
    fields = {key: _value(*typed) for key, typed in point["fields"].items()}
    return Line(point["measurement"], point["tags"], fields, int(point["time"]))


def _value(kind: str, text: str) -> FieldValue:
    if kind == "string":
        return text
    if kind == "boolean":
        return text == "true"
    return int(text) if kind == "integer" else float(text)
