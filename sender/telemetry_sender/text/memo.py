"""Remembers the text of values that come again: attributes, resources, names, bounds."""

from collections.abc import Callable

# Of one kind of value; ten to twenty kinds are in use. Their texts hold for a pass of most sets.
_MOST_BYTES = 8 << 20
_ENTRY_BYTES = 200
"""About what Python adds to a key and a value."""


class Memo(dict[bytes, bytes]):
    """The text of a value by its bytes on the wire; made when first asked for.

    When full it begins anew: what is common is soon back, and what is rare does not stay. Nothing
    stays with `most_bytes` of 0, for values of which hardly one comes again.
    """

    def __init__(self, make: Callable[[bytes], bytes], most_bytes: int = _MOST_BYTES) -> None:
        super().__init__()
        self._make = make
        self._most_bytes = most_bytes
        self._held = 0

    def __missing__(self, value: bytes) -> bytes:
        text = self._make(value)
        if self._most_bytes:
            self._keep(value, text)
        return text

    def _keep(self, value: bytes, text: bytes) -> None:
        self._held += len(value) + len(text) + _ENTRY_BYTES
        if self._held > self._most_bytes:
            self.clear()
            self._held = 0
        self[value] = text
