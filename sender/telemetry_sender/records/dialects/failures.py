"""Whether a span failed, and why."""

import re

from telemetry_sender.events.model import Span
from telemetry_sender.records.dialects.given import first_of

_ERROR_STATUS = 2
_TIMEOUT_CODES = frozenset({"408", "504"})
_TIMEOUT = re.compile(r"timed?[ _]?out|deadline[ _]?exceeded", re.IGNORECASE)


def is_failed(span: Span) -> bool:
    """Tell whether the span's status is an error."""
    return span.status_code == _ERROR_STATUS


def is_timeout(span: Span) -> bool:
    """Tell whether a span failed because something took too long: its code or a text says so."""
    if not is_failed(span):
        return False
    code = first_of(span.attributes, "error.type", "http.response.status_code")
    exceptions = (event.attributes.get("exception.type") for event in span.events)
    texts = (code, span.status_message, *exceptions)
    return str(code) in _TIMEOUT_CODES or any(_TIMEOUT.search(str(text)) for text in texts)
