"""The OTLP signals, their file names and the nouns that people count them in."""

from enum import StrEnum


class Signal(StrEnum):
    """An OTLP signal; the value is the name used in configuration, file names and reports."""

    TRACES = "traces"
    METRICS = "metrics"
    LOGS = "logs"
    PROFILES = "profiles"

    @property
    def event_noun(self) -> str:
        """What one event of this signal is called, in the plural: `spans`, `data points`, …."""
        return _EVENT_NOUNS[self]


_EVENT_NOUNS = {
    Signal.TRACES: "spans",
    Signal.METRICS: "data points",
    Signal.LOGS: "log records",
    Signal.PROFILES: "samples",
}
