"""The texts of what many events have in common: their resources, scopes, metrics, attributes."""

from collections.abc import Callable
from typing import Any, TypeVar

from telemetry_sender.events.attribute_list import AttributeList
from telemetry_sender.events.attributes import checked_pair
from telemetry_sender.events.memo import Memo
from telemetry_sender.events.model import Attributes
from telemetry_sender.records.json_text import json_text

Shared = TypeVar("Shared")

_MOST_BYTES = 8 << 20
_ENTRY_BYTES = 400
"""About what Python adds to a value and its text."""


class SharedTexts:
    """What functions made of values that are told by their identity, for as many as are in use.

    They are kept with their texts, so no other one can have their identity. When full it begins
    anew: what is common is soon back.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._texts: dict[tuple[Callable[[Any], str], int], tuple[Any, str]] = {}
        self._most_bytes = most_bytes
        self._held = 0
        self._members = Memo(_member, len)

    def of(self, make: Callable[[Shared], str], value: Shared) -> str:
        """Return the text that `make` returns for a value, which nobody changes."""
        key = make, id(value)
        found = self._texts.get(key) or self._added(key, value, make(value))
        return found[1]

    def attributes(self, attributes: Attributes) -> str:
        """Return attributes as JSON; those that are not read yet by their bytes."""
        if not isinstance(attributes, AttributeList):
            return self.of(json_text, attributes)
        members = self._members
        # Of a key that comes twice the last value counts, at the place of the first.
        texts = dict([members[each] for each in attributes.encoded])
        return f"{{{','.join(texts.values())}}}"

    def _added(
        self, key: tuple[Callable[[Any], str], int], value: Any, text: str
    ) -> tuple[Any, str]:
        # A value takes about as much as its text.
        size = 2 * len(text) + _ENTRY_BYTES
        self._held += size
        if self._held > self._most_bytes:
            self._texts.clear()
            self._held = size
        made = self._texts[key] = value, text
        return made


def _member(encoded: bytes) -> tuple[str, str]:
    """Return the key of an attribute, and it as a member of an object."""
    key, value = checked_pair(encoded)
    return key, f"{json_text(key)}:{json_text(value)}"
