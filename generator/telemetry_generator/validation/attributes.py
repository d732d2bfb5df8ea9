"""Attributes must have a key each, and no key twice."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from opentelemetry.proto.common.v1.common_pb2 import KeyValue


class Attributed(Protocol):
    """A message that has attributes."""

    @property
    def attributes(self) -> Sequence[KeyValue]:
        """The attributes."""


def faulty_attributes(items: Iterable[Attributed]) -> list[int]:
    """Return the positions of items with a repeated or an empty key."""
    return [row for row, item in enumerate(items) if key_problem(item.attributes)]


def key_problem(attributes: Sequence[KeyValue]) -> str | None:
    """Return what is wrong with the keys of some attributes, if anything."""
    keys = {pair.key for pair in attributes}
    if len(keys) == len(attributes) and "" not in keys:
        return None
    return "an attribute has no key" if "" in keys else "an attribute's key is repeated"
