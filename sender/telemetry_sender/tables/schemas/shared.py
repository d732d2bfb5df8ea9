"""Columns that all tables have: who said it."""

from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.remembered import Remembered
from telemetry_sender.tables.columns.base import Column
from telemetry_sender.tables.columns.static import text

SERVICE = text(
    "service",
    "`service.name` of the resource",
    lambda event: event.resource.service or None,
)


def origin() -> tuple[Column, ...]:
    """Return the columns of scope, resource and attributes."""
    attributes, resource = Remembered(json_text), Remembered(json_text)
    return (
        text("scope", "Name of the instrumentation scope", lambda event: event.scope.name or None),
        text("scope_version", "Its version", lambda event: event.scope.version or None),
        text(
            "resource",
            "Attributes of the resource, JSON",
            lambda event: resource(event.resource.attributes),
        ),
        text("attributes", "Attributes, JSON", lambda event: attributes(event.attributes)),
    )
