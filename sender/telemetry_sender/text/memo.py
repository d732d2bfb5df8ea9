"""Remembers the text of values that come again: attributes, resources, names, bounds."""

from collections.abc import Callable

# Of one kind of value; ten to twenty kinds are in use. Their texts hold for a pass of most sets.
_MOST_BYTES = 8 << 20
_ENTRY_BYTES = 200
"""About what Python adds to a key and a value."""


class Memo(dict[bytes, bytes]):
    """The text of a value by its bytes on the wire; made when first asked for.

    When full it begins anew: what is common is soon back, and what is rare does not stay.
    """

    def __init__(self, make: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._make = make
        self._held = 0

    def __missing__(self, value: bytes) -> bytes:
        text = self._make(value)
        self._held += len(value) + len(text) + _ENTRY_BYTES
        if self._held > _MOST_BYTES:
            self.clear()
            self._held = 0
        self[value] = text
        return text
