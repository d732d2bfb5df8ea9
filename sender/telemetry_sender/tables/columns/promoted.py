"""Attributes as columns of their own, whose type is what their values have in common."""

from collections.abc import Sequence
from typing import Any

from telemetry_sender.events.lookup import attribute_of
from telemetry_sender.events.model import Value
from telemetry_sender.records.value_text import value_text
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Source, Starts
from telemetry_sender.tables.columns.static import TextBuilder, ValueBuilder


class AttributeBuilder:
    """Values of one key: of the event, else of its resource; null where neither has it.

    Booleans, integers or doubles where all are (integers and doubles: doubles), else text.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._values: list[Value] = []

    def add(self, events: Sequence[Any], starts: Starts) -> None:  # noqa: ARG002
        """Take in the value of each event."""
        self._values.extend(attribute_of(event, self._key) for event in events)

    def finish(self) -> Source:
        """Return the column in the type that all values fit."""
        type_ = _common_type(self._values)
        builder = TextBuilder(value_text) if type_ is None else ValueBuilder(lambda it: it, type_)
        builder.add(self._values, ())
        self._values = []
        return builder.finish()


def _common_type(values: Sequence[Value]) -> pa.DataType | None:
    found = {type(value) for value in values if value is not None}
    if found == {bool}:
        return pa.bool_()
    if found == {int}:
        return pa.int64()
    if found and found <= {int, float}:
        return pa.float64()
    return None
