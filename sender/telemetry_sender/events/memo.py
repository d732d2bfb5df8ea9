"""Remembers what comes again in blocks: attributes, resources, scopes, metrics."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")

_MOST_BYTES = 8 << 20
"""Of one memo; half a dozen are in use."""
_ENTRY_BYTES = 400
"""About what Python adds to a key, and to what is made of it."""


class Memo(dict[Key, Made], Generic[Key, Made]):
    """What was made of a key; made when first asked for, so equal keys give the same object.

    When full it begins anew: what is common is soon back, and what is rare does not stay. `size`
    tells the bytes of a key; what is made of it is taken to be as large.
    """

    def __init__(
        self,
        make: Callable[[Key], Made],
        size: Callable[[Key], int],
        most_bytes: int = _MOST_BYTES,
    ) -> None:
        super().__init__()
        self._make = make
        self._size = size
        self._most_bytes = most_bytes
        self._held = 0

    def __missing__(self, key: Key) -> Made:
        made = self._make(key)
        size = 2 * self._size(key) + _ENTRY_BYTES
        self._held += size
        if self._held > self._most_bytes:
            self.clear()
            self._held = size
        self[key] = made
        return made
