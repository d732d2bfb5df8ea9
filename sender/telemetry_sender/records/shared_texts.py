"""The texts of what many events have in common: their resources, scopes, metrics, attributes."""

from collections.abc import Callable
from typing import Any, TypeVar

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

    def of(self, make: Callable[[Shared], str], value: Shared) -> str:
        """Return the text that `make` returns for a value, which nobody changes."""
        key = make, id(value)
        found = self._texts.get(key) or self._added(key, value, make(value))
        return found[1]

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
