"""What an event gives for a member of a record: None where it gives nothing, as nothing is made up.

The keys that are asked for are those of https://opentelemetry.io/docs/specs/semconv/.
"""

from telemetry_sender.events.model import Attributes, Value
from telemetry_sender.records.json_text import json_text


def first_of(attributes: Attributes, *keys: str) -> Value:
    """Return the value of the first of these keys that is there."""
    return next((attributes[key] for key in keys if key in attributes), None)


def text_of(value: Value) -> str | None:
    """Return a value as text: a string as it is, bytes in base64, all else as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json_text(value).strip('"') if isinstance(value, bytes) else json_text(value)
