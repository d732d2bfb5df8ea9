"""Remembers what was made of values that are told by their identity: resources, attributes."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")

_MOST = 1 << 13


class Remembered(Generic[Made]):
    """What a function made of one or more values, for as many as come again and again.

    They are kept with what was made of them, so no other one can have their identity. When full it
    begins anew: what is common is soon back.
    """

    def __init__(self, make: Callable[..., Made]) -> None:
        self._make = make
        self._made: dict[tuple[int, ...], tuple[tuple[Any, ...], Made]] = {}

    def __call__(self, *values: Any) -> Made:
        """Return what is made of these values."""
        key = tuple(map(id, values))
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            found = self._made[key] = values, self._make(*values)
        return found[1]
