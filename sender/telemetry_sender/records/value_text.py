"""Attributes and bodies as plain text, for cells and fields that hold nothing else."""

from base64 import b64encode

from telemetry_sender.events.model import Value
from telemetry_sender.records.json_text import json_text


def value_text(value: Value) -> str:
    """Return text as it is, bytes in base64, any other value as JSON, and nothing as no text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return "" if value is None else json_text(value)
