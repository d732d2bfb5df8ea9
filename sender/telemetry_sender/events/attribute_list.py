"""Attributes that are not read yet, as what writes them may not need to know what they say."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from telemetry_sender.events.model import Attributes, Value


class AttributeList(Mapping[str, Value]):
    """Attributes of an event, read when one of them is first asked for.

    Asking raises WireError where the bytes are not protobuf.
    """

    __slots__ = ("_found", "_read", "encoded")

    def __init__(
        self, encoded: Sequence[bytes], read: Callable[[Sequence[bytes]], Attributes]
    ) -> None:
        """Take the bytes of each KeyValue, and what makes attributes of them."""
        self.encoded = encoded
        """The bytes of each, in the order of the wire; a key may come twice."""
        self._read = read
        self._found: Attributes | None = None

    def __getitem__(self, key: str) -> Value:
        return self._attributes()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes())

    def __len__(self) -> int:
        return len(self._attributes())

    def __bool__(self) -> bool:
        return bool(self.encoded)

    def _attributes(self) -> Attributes:
        if self._found is None:
            self._found = self._read(self.encoded)
        return self._found
