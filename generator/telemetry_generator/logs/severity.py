"""Severities of log records, by the texts that logging libraries use."""

from enum import IntEnum


class Severity(IntEnum):
    """Severity texts, with the first number of their range in OTLP."""

    TRACE = 1
    DEBUG = 5
    INFO = 9
    WARN = 13
    ERROR = 17
    FATAL = 21


SEVERITIES = tuple(Severity)
"""All severities; columns of records hold the index into it."""

ERROR_INDEX = SEVERITIES.index(Severity.ERROR)
"""Severities from this index on report a failure."""
