"""Hands open templates to child processes so that all of them use the same memory.

The bytes of a template are a mapped file: a child maps it again by its descriptor, which also works
for one without a name. The arrays of its plan are written once into anonymous shared memory, and a
child's arrays are views of it (pickle protocol 5, PEP 574: buffers out of band).
"""

import io
import mmap
import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telemetry_common.mapped import MappedFile

# Of a cache line, so that every array is aligned for all its uses.
_ALIGNMENT = 64


@dataclass(frozen=True, slots=True)
class Handout:
    """What a child needs to open shared objects; it inherits the `descriptors`.

    `memory` is the descriptor of the arrays, which lie at `places` (offset and size, bytes).
    """

    pickled: bytes
    memory: int
    places: Sequence[tuple[int, int]]
    files: Sequence[int]

    @property
    def descriptors(self) -> tuple[int, ...]:
        """All descriptors that a child has to inherit under their numbers."""
        return (self.memory, *self.files)

    def close(self) -> None:
        """Release the memory here; children that have opened it keep it."""
        os.close(self.memory)


class _Pickler(pickle.Pickler):
    """Leaves the bytes of mapped files out: their descriptors stand for them."""

    def __init__(self, file: io.BytesIO, buffers: list[pickle.PickleBuffer]) -> None:
        super().__init__(file, protocol=5, buffer_callback=buffers.append)
        self.files: list[int] = []

    def persistent_id(self, obj: Any) -> int | None:
        if not isinstance(obj, MappedFile):
            return None
        self.files.append(obj.descriptor)
        return obj.descriptor


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> MappedFile:
        return MappedFile(pid)


def share(objects: Any) -> Handout:
    """Write what is large of `objects` into shared memory. Raises OSError when there is none."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = io.BytesIO()
    pickler = _Pickler(pickled, buffers)
    pickler.dump(objects)
    memory = os.memfd_create("telemetry-sender-plans")
    places = _written(memory, [buffer.raw() for buffer in buffers])
    return Handout(pickled.getvalue(), memory, places, pickler.files)


def _written(memory: int, buffers: Sequence[memoryview]) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    at = 0
    for buffer in buffers:
        places.append((at, len(buffer)))
        at += -(-len(buffer) // _ALIGNMENT) * _ALIGNMENT
    os.truncate(memory, max(at, _ALIGNMENT))
    with mmap.mmap(memory, 0) as writable:
        for (start, size), buffer in zip(places, buffers, strict=True):
            writable[start : start + size] = buffer
    return places


def open_shared(handout: Handout) -> Any:
    """Return the objects of a handout, in the process that inherited its descriptors."""
    memory = memoryview(MappedFile(handout.memory))
    buffers = [memory[start : start + size] for start, size in handout.places]
    return _Unpickler(io.BytesIO(handout.pickled), buffers=buffers).load()
