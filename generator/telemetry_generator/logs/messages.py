"""Log messages: the patterns that come with the package, and the values that fill them in."""

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum

from telemetry_generator.tables import read_table


class Severity(IntEnum):
    """Severity texts, with the first number of their range in OTLP."""

    DEBUG = 5
    INFO = 9
    WARN = 13
    ERROR = 17


@dataclass(frozen=True, slots=True)
class Message:
    """A pattern with `{named}` places, and the logger or program that writes it."""

    severity: Severity
    source: str
    text: str

    def render(self, detail: int) -> str:
        """Return the text with values taken from the 32 bits of `detail`."""
        return self.text.format(
            id=10_000 + detail % 990_000,
            user=1_000 + (detail >> 8) % 50_000,
            count=1 + (detail >> 4) % 200,
            small=1 + (detail >> 12) % 9,
            ms=1 + (detail >> 6) % 1_500,
            seconds=1 + (detail >> 10) % 600,
            bytes=64 + (detail >> 3) % 65_000,
            pct=60 + (detail >> 14) % 40,
            port=32_768 + detail % 28_232,
        )


def load_messages(log_type: str) -> dict[Severity, tuple[Message, ...]]:
    """Return the messages of `application` or `system` logs, by severity."""
    found: dict[Severity, list[Message]] = defaultdict(list)
    for row in read_table("log_messages"):
        if row["type"] == log_type:
            severity = Severity[row["level"]]
            found[severity].append(Message(severity, row["source"], row["text"]))
    return {severity: tuple(messages) for severity, messages in found.items()}
