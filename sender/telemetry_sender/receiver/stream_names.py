"""Names of streams: what makes a data point one of a series, or a log record the same one again.

A stream is known by a 64-bit hash of its resource and of the rest that names it. The hash is
Python's own (SipHash, keyed anew in every process): keys mean nothing outside the process. Among a
million streams two share a key with a probability of 3 in 10^8.
"""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from google.protobuf.message import DecodeError
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from telemetry_common.ids import U64, mix64
from telemetry_sender.receiver.occurrences import Flags, Indices

INSTANCE_ATTRIBUTES = frozenset(
    {
        "service.instance.id",
        "host.name",
        "host.id",
        "k8s.pod.name",
        "k8s.pod.uid",
        "container.id",
    }
)
"""What the instances of a sender may tell themselves apart by: each appends `-` and its number."""

_SUFFIX = re.compile(r"-\d+\Z")


@dataclass(frozen=True, slots=True)
class StreamNames:
    """The names of n events: their resources, serialized, and a hash of the rest."""

    resources: Sequence[bytes]
    resource: Indices
    """Which of `resources` each event has, shape (n,)."""
    rest: U64

    def __len__(self) -> int:
        return len(self.rest)

    def keys(self) -> U64:
        """Return the key of each stream, shape (n,)."""
        return self._keys(self.resources)

    def template_keys(self) -> U64:
        """Return the keys that the streams have without the number of a sender's instance."""
        return self._keys([without_instance(each) for each in self.resources])

    def _keys(self, resources: Sequence[bytes]) -> U64:
        return mix64(self.rest ^ mix64(hashes(resources))[self.resource])

    def at(self, which: Flags | Indices) -> "StreamNames":
        """Return the chosen names."""
        return StreamNames(self.resources, self.resource[which], self.rest[which])


def hashes(values: Iterable[Hashable]) -> U64:
    """Return a 64-bit hash of each value, good within this process."""
    return np.fromiter(map(hash, values), np.int64).view(np.uint64)


def without_instance(resource: bytes) -> bytes:
    """Return a serialized resource without the number that an instance appended to its names."""
    try:
        decoded = Resource.FromString(resource)
    except DecodeError:
        return resource
    for attribute in decoded.attributes:
        if attribute.key in INSTANCE_ATTRIBUTES and attribute.value.HasField("string_value"):
            attribute.value.string_value = _SUFFIX.sub("", attribute.value.string_value)
    return decoded.SerializeToString()
