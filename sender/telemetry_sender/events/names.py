"""Names of the numbers that OTLP has for kinds, statuses and severities."""

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
"""Of spans, by number: `Span.SpanKind` in `trace.proto`."""
STATUSES = ("unset", "ok", "error")
"""Of spans, by number: `Status.StatusCode` in `trace.proto`."""
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
"""Of log records, from the least severe on."""


def named(names: tuple[str, ...], number: int) -> str | int:
    """Return the name of a number, or the number itself where it has none."""
    return names[number] if 0 <= number < len(names) else number


def level_of(severity_number: int) -> str | None:
    """Return the level of a log record, of which each has four numbers from 1; None without one.

    See https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber.
    """
    return LEVELS[(severity_number - 1) // 4] if 1 <= severity_number <= 24 else None
