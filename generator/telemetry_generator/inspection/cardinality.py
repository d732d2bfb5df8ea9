"""Which attribute keys a set has, and how many values each takes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from telemetry_common.signals import Signal
from telemetry_generator.inspection.distinct import DistinctCounter
from telemetry_generator.inspection.model import KeyFacts
from telemetry_generator.reading.values import text_of

MOST_KEYS = 2_000
_EXAMPLES = 3
_KEY_TAG = 0x0A
_ONE_BYTE_LENGTH = 0x80

Place = tuple[Signal, str]
"""A signal, and the level at which an attribute stands."""


@dataclass(slots=True)
class _Key:
    occurrences: int = 0
    values: DistinctCounter = field(default_factory=DistinctCounter)
    examples: list[bytes] = field(default_factory=list)


class Census:
    """Counts attributes; keys beyond a limit are not kept, which `left_out` tells."""

    def __init__(self) -> None:
        self._keys: dict[tuple[Place, bytes], _Key] = {}
        self.left_out = 0

    def add(self, place: Place, attributes: Iterable[KeyValue]) -> None:
        """Count the attributes of many items at one place."""
        pairs = Counter([pair.SerializeToString() for pair in attributes])
        for pair, occurrences in pairs.items():
            name, value = _split(pair)
            key = self._key(place, name)
            if key is None:
                continue
            key.occurrences += occurrences
            key.values.add(value)
            if len(key.examples) < _EXAMPLES and pair not in key.examples:
                key.examples.append(pair)

    def facts(self) -> tuple[KeyFacts, ...]:
        """Return all keys, those with the most values first."""
        found = [_facts(place, name, key) for (place, name), key in self._keys.items()]
        return tuple(sorted(found, key=lambda each: (-each.distinct, each.level, each.key)))

    def _key(self, place: Place, name: bytes) -> _Key | None:
        known = self._keys.get((place, name))
        if known is None:
            if len(self._keys) >= MOST_KEYS:
                self.left_out += 1
                return None
            known = self._keys[place, name] = _Key()
        return known


def _split(pair: bytes) -> tuple[bytes, bytes]:
    """Return the key and the encoded value of a serialized KeyValue, whose key comes first."""
    if len(pair) > 1 and pair[0] == _KEY_TAG and pair[1] < _ONE_BYTE_LENGTH:
        end = 2 + pair[1]
        return pair[2:end], pair[end:]
    parsed = KeyValue.FromString(pair)
    return parsed.key.encode(), parsed.value.SerializeToString()


def _facts(place: Place, name: bytes, key: _Key) -> KeyFacts:
    signal, level = place
    return KeyFacts(
        signal=signal,
        level=level,
        key=name.decode(errors="replace"),
        occurrences=key.occurrences,
        distinct=key.values.count,
        exact=key.values.exact,
        examples=tuple(_examples(key)),
    )


def _examples(key: _Key) -> Iterator[str]:
    for pair in key.examples:
        yield text_of(KeyValue.FromString(pair).value)[:120]
