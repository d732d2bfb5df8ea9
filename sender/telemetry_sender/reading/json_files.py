"""Reads files that are lines of JSON already: they are checked, and passed through."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from telemetry_sender.reading.base import Request
from telemetry_sender.reading.errors import UnreadableError


class Line(NamedTuple):
    """A line without white space around it."""

    at: int
    """Where it begins in the file."""
    text: bytes


class JsonLines:
    """Reads JSON values, one a line."""

    def __init__(self, request: Request) -> None:
        self._source = request.source

    def schema(self) -> str:
        """Raise UnreadableError: there is none."""
        problem = "lines of JSON have no layout"
        raise UnreadableError(self._source.name, problem, "look at the first by --limit 1")

    def records(self) -> Iterator[Line]:
        """Yield the lines that are not empty."""
        at = self._source.at
        while line := self._source.line():
            if text := line.strip():
                yield Line(at, text)
            at = self._source.at

    def line(self, record: Line) -> bytes:
        """Return the line as it stands. Raises DamagedError for what is not JSON."""
        try:
            json.loads(record.text)
        except (ValueError, RecursionError):
            raise self._source.damaged(record.at, "a line that is not JSON") from None
        return record.text + b"\n"


class JsonArray(JsonLines):
    """Reads the values of an array, each on a line of its own."""

    def records(self) -> Iterator[Line]:
        """Yield the lines between the brackets. Raises DamagedError where one is missing."""
        self._take_bracket()
        is_open = True
        for at, text in super().records():
            if not is_open:
                raise self._source.damaged(at, "something behind the end of the array")
            is_open = not text.endswith(b"]") or _is_value(text)
            value = text if is_open else text[:-1]
            if value := value.strip().strip(b",").strip():
                yield Line(at, value)
        if is_open:
            raise self._source.damaged(self._source.at, "the file ends inside the array")

    def _take_bracket(self) -> None:
        while (first := self._source.take(1, "the array")).isspace():
            pass
        if first != b"[":
            raise self._source.damaged(self._source.at - 1, "an array begins with [")


def _is_value(text: bytes) -> bool:
    try:
        json.loads(text.strip(b","))
    except (ValueError, RecursionError):
        return False
    return True
