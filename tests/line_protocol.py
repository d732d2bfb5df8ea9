"""Reads InfluxDB line protocol, a character at a time, as its documentation describes it."""

from dataclasses import dataclass

FieldValue = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Line:
    """One point."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, FieldValue]
    time: int


def read_line(line: bytes) -> Line:
    """Return the point of a line with its line break; fails where it is not one whole point."""
    text = line.decode()
    assert text.endswith("\n"), text
    assert text.count("\n") == 1, text
    assert not text.startswith("#"), "a comment"
    return _Reader(text).line()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def line(self) -> Line:
        measurement = self.until(", ", ", ")
        tags = []
        while self.take() == ",":
            key = self.until("=", ",= ")
            self.at += 1
            tags.append((key, self.until(", ", ",= ")))
        assert [key for key, _ in tags] == sorted(dict(tags)), "tags out of order, or twice"
        assert all(key and value for key, value in tags), "an empty tag"
        return Line(measurement, dict(tags), self.fields(), int(self.text[self.at :]))

    def fields(self) -> dict[str, FieldValue]:
        found: dict[str, FieldValue] = {}
        while True:
            key = self.until("=", ",= ")
            self.at += 1
            found[key] = self.value()
            if self.take() == " ":
                return found

    def value(self) -> FieldValue:
        if self.text[self.at] == '"':
            self.at += 1
            value = self.until('"', '"\\')
            self.at += 1
            return value
        number = self.until(", ", "")
        if number in ("true", "false"):
            return number == "true"
        return int(number[:-1]) if number.endswith("i") else float(number)

    def take(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def until(self, stops: str, escapable: str) -> str:
        """Return the text up to one of `stops`, without the backslashes before `escapable` ones."""
        found = ""
        while (character := self.text[self.at]) not in stops:
            if character == "\\" and self.text[self.at + 1] in escapable:
                self.at += 1
                character = self.text[self.at]
            found += character
            self.at += 1
        return found
