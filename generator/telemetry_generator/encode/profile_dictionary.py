"""The dictionary of a profiles file: what all its samples refer to, each thing once.

Entry 0 of every table is the zero value, which stands for "not set" (`profiles.proto` of
opentelemetry-proto 1.10). The dictionary depends on configuration and seed, not on the number of
profiles.
"""

import struct
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Function,
    KeyValueAndUnit,
    Line,
    Link,
    Location,
    Mapping,
    ProfilesDictionary,
    Stack,
)

from telemetry_common.ids import derive_key
from telemetry_generator.profiles.frames import Frame
from telemetry_generator.profiles.links import LinkedSpans

_MESSAGES = {
    "mapping": Mapping,
    "location": Location,
    "function": Function,
    "link": Link,
    "attribute": KeyValueAndUnit,
    "stack": Stack,
}
_IMAGE_BYTES = 1 << 24
_FIRST_IMAGE = 0x5555_0000_0000
_IMAGE_GAP = 1 << 28
_ALIGNMENT = 16


class DictionaryBuilder:
    """Collects the entries of a dictionary; every method returns an index into its table."""

    def __init__(self) -> None:
        self.dictionary = ProfilesDictionary(string_table=[""])
        for name, message in _MESSAGES.items():
            getattr(self.dictionary, f"{name}_table").append(message())
        self._indices: dict[Hashable, int] = {("string", ""): 0}

    def string(self, text: str) -> int:
        """Return the index of a text."""
        return self._add("string", text, lambda: text)

    def attribute(self, key: str, value: str | int) -> int:
        """Return the index of an attribute without a unit."""
        return self._add("attribute", (key, value), lambda: self._attribute(key, value))

    def stack(self, frames: Sequence[Frame]) -> int:
        """Return the index of a stack, given from the innermost frame on."""
        return self._add("stack", tuple(frames), lambda: self._stack(frames))

    def add_links(self, links: LinkedSpans) -> None:
        """Append all spans, which are different: the first is number 1."""
        rows = zip(
            links.trace_high.tolist(), links.trace_low.tolist(), links.span_id.tolist(), strict=True
        )
        self.dictionary.link_table.extend(
            Link(trace_id=struct.pack("<QQ", high, low), span_id=struct.pack("<Q", span))
            for high, low, span in rows
        )

    def _stack(self, frames: Sequence[Frame]) -> Stack:
        return Stack(location_indices=[self._location(frame) for frame in frames])

    def _location(self, frame: Frame) -> int:
        return self._add("location", frame, lambda: self._make_location(frame))

    def _make_location(self, frame: Frame) -> Location:
        mapping = self._mapping(frame.image)
        start = self.dictionary.mapping_table[mapping].memory_start
        word = derive_key(0, "address", frame.function, frame.line)
        return Location(
            mapping_index=mapping,
            address=start + word % (_IMAGE_BYTES // _ALIGNMENT) * _ALIGNMENT,
            lines=[Line(function_index=self._function(frame), line=frame.line)],
            attribute_indices=[self.attribute("profile.frame.type", frame.type)],
        )

    def _function(self, frame: Frame) -> int:
        return self._add(
            "function",
            (frame.function, frame.file),
            lambda: Function(
                name_strindex=self.string(frame.function), filename_strindex=self.string(frame.file)
            ),
        )

    def _mapping(self, image: str) -> int:
        return self._add("mapping", image, lambda: self._make_mapping(image))

    def _make_mapping(self, image: str) -> Mapping:
        start = _FIRST_IMAGE + len(self.dictionary.mapping_table) * _IMAGE_GAP
        build = f"{derive_key(0, 'build', image):016x}{derive_key(1, 'build', image):016x}"
        return Mapping(
            memory_start=start,
            memory_limit=start + _IMAGE_BYTES,
            filename_strindex=self.string(image),
            attribute_indices=[self.attribute("process.executable.build_id.htlhash", build)],
        )

    def _attribute(self, key: str, value: str | int) -> KeyValueAndUnit:
        entry = KeyValueAndUnit(key_strindex=self.string(key))
        if isinstance(value, str):
            entry.value.string_value = value
        else:
            entry.value.int_value = value
        return entry

    def _add(self, table: str, key: Hashable, make: Callable[[], Any]) -> int:
        """Return the index of the entry with this key, which is made if it is new."""
        found = self._indices.get((table, key))
        if found is None:
            entry = make()
            entries = getattr(self.dictionary, f"{table}_table")
            found = self._indices[table, key] = len(entries)
            entries.append(entry)
        return found
