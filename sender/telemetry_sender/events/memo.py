"""Remembers what comes again in blocks: attributes, resources, metrics, bounds of histograms."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")

_MOST = 20_000
"""Entries; half a dozen memos of a few hundred bytes an entry are in use."""


class Memo(dict[Key, Made], Generic[Key, Made]):
    """What was made of a key; made when first asked for, so equal keys give the same object.

    When full it begins anew: what is common is soon back, and what is rare does not stay.
    """

    def __init__(self, make: Callable[[Key], Made], most: int = _MOST) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, key: Key) -> Made:
        made = self._make(key)
        if len(self) >= self._most:
            self.clear()
        self[key] = made
        return made
