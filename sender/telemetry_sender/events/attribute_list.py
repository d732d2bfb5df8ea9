"""Attributes that are not read yet, as what writes them may not need to know what they say."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from telemetry_sender.events.model import Attributes, Value


class AttributeList(Mapping[str, Value]):
    """Attributes of an event, read when one of them is asked for.

    Asking raises WireError where the bytes are not protobuf.
    """

    __slots__ = ("_read", "encoded")

    def __init__(
        self, encoded: Sequence[bytes], read: Callable[[Sequence[bytes]], Attributes]
    ) -> None:
        """Take the bytes of each KeyValue, and what makes attributes of them."""
        self.encoded = encoded
        """The bytes of each, in the order of the wire; a key may come twice."""
        self._read = read

    def __getitem__(self, key: str) -> Value:
        return self._read(self.encoded)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read(self.encoded))

    def __len__(self) -> int:
        return len(self._read(self.encoded))
