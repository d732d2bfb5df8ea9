"""Names of streams: what makes a data point one of a series, or a log record the same one again.

A stream is known by a 64-bit hash of its resource and of the rest that names it. The hash is
Python's own (SipHash, keyed anew in every process): keys mean nothing outside the process. Among a
million streams two share a key with a probability of 3 in 10^8.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from telemetry_common.ids import U64, mix64
from telemetry_sender.receiver.canonical import canonical_resource
from telemetry_sender.receiver.occurrences import Indices

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
    """The names of n events: their resources, serialized, and a hash of the rest.

    Names are hashed as they were written. `restated` returns the rest of chosen events anew, from
    the canonical forms of their parts: it takes long, so it is for streams that are not known yet.
    """

    resources: Sequence[bytes]
    resource: Indices
    """Which of `resources` each event has, shape (n,)."""
    rest: U64
    restated: Callable[[Indices], U64]

    def __len__(self) -> int:
        return len(self.rest)

    def keys(self) -> U64:
        """Return the key of each stream as it was written, shape (n,)."""
        return _keys(self.resources, self.resource, self.rest)

    def canonical_keys(self) -> U64:
        """Return the key of every stream, however it was written; each is restated once."""
        _, first, stream = np.unique(self.keys(), return_index=True, return_inverse=True)
        return self.canonical(first).keys[stream]

    def canonical(self, which: Indices) -> "CanonicalKeys":
        """Return the keys of the chosen events that do not depend on how they were written."""
        resources = [canonical_resource(each) for each in self.resources]
        resource, rest = self.resource[which], self.restated(which)
        templates = [without_instance(each) for each in resources]
        return CanonicalKeys(_keys(resources, resource, rest), _keys(templates, resource, rest))


@dataclass(frozen=True, slots=True)
class CanonicalKeys:
    """Keys of streams, and those they have without the number of a sender's instance."""

    keys: U64
    template_keys: U64


def _keys(resources: Sequence[bytes], resource: Indices, rest: U64) -> U64:
    return mix64(rest ^ mix64(hashes(resources))[resource])


def hashes(values: Iterable[Hashable]) -> U64:
    """Return a 64-bit hash of each value, good within this process."""
    return np.fromiter(map(hash, values), np.int64).view(np.uint64)


def without_instance(resource: bytes) -> bytes:
    """Return a canonical resource without the number that an instance appended to its names."""
    decoded = Resource.FromString(resource)
    for attribute in decoded.attributes:
        if attribute.key in INSTANCE_ATTRIBUTES and attribute.value.HasField("string_value"):
            attribute.value.string_value = _SUFFIX.sub("", attribute.value.string_value)
    return decoded.SerializeToString(deterministic=True)
