"""Gives the resources of a template identities of their own, so that instances can be told apart.

Instances that send parts of one set would report as the same hosts and pods. Here the values of the
attributes that identify a resource get a suffix, once, when the template is opened: it is written
anew, with the lengths around what grew, and everything else stays as it is, byte for byte.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.wire import (
    LENGTH,
    Bytes,
    Fields,
    Flags,
    Messages,
    Offsets,
    encode_varint,
    scan,
)
from telemetry_common.scratch import mapped_scratch

IDENTIFYING = (
    "service.instance.id",
    "host.name",
    "host.id",
    "k8s.pod.name",
    "k8s.pod.uid",
    "container.id",
)
"""Attributes of resources that say which instance it is
(https://opentelemetry.io/docs/specs/semconv/resource/)."""

# Fields of opentelemetry-proto: the groups of a file, the resource of a group, its attributes; the
# key and the value of one, and the string among the members of a value.
_GROUP, _RESOURCE, _ATTRIBUTE, _KEY, _VALUE, _STRING = 1, 1, 1, 1, 2, 1

_CHUNK_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class _Edit:
    """Bytes that take the place of `start`..`end`."""

    start: int
    end: int
    text: bytes


def with_suffix(data: mmap.mmap, path: Path, suffix: str) -> mmap.mmap:
    """Return the template with `suffix` behind the identifying strings of all its resources.

    The copy is a nameless file beside `path`. Raises WireError where the bytes are not protobuf,
    and RunError when there is no room for it.
    """
    view = np.frombuffer(data, np.uint8)
    ending = suffix.encode()
    return mapped_scratch(path.parent, lambda: _rewritten(view, ending), len(data))


def _rewritten(data: Bytes, suffix: bytes) -> Iterator[bytes | memoryview]:
    whole = Messages(np.array([0]), np.array([len(data)]))
    groups = scan(data, whole, {_GROUP}).of(_GROUP, LENGTH)
    done = 0
    for first, last in _chunks(groups):
        for edit in _edits(data, groups.select(slice(first, last)), suffix):
            yield data[done : edit.start].data
            yield edit.text
            done = edit.end
    yield data[done:].data


def _chunks(groups: Fields) -> Iterator[tuple[int, int]]:
    """Yield ranges of groups that are about as large as a chunk together."""
    first = 0
    while first < len(groups):
        limit = groups.tag[first] + _CHUNK_BYTES
        last = max(first + 1, int(np.searchsorted(groups.end, limit, "right")))
        yield first, last
        first = last


def _edits(data: Bytes, groups: Fields, suffix: bytes) -> list[_Edit]:
    """Return what changes in these groups, in the order of the file."""
    levels = _levels(data, groups)
    strings = levels[-1]
    edits = [_Edit(end, end, suffix) for end in strings.end.tolist()]
    grown = np.full(len(strings), len(suffix), np.int64)
    for depth in range(len(levels) - 1, -1, -1):
        longer, headers = _grow(levels[depth], grown)
        edits += headers
        if depth:
            grown = np.bincount(levels[depth].owner, longer, len(levels[depth - 1])).astype(
                np.int64
            )
    return sorted(edits, key=lambda edit: (edit.start, edit.end))


def _levels(data: Bytes, groups: Fields) -> tuple[Fields, ...]:
    """Return groups, resources, identifying attributes, their values, and the strings in those."""
    resources = scan(data, groups.values(), {_RESOURCE}).of(_RESOURCE, LENGTH)
    attributes = scan(data, resources.values(), {_ATTRIBUTE}).of(_ATTRIBUTE, LENGTH)
    attributes = attributes.select(_identifying(data, attributes))
    values = scan(data, attributes.values(), {_VALUE}).of(_VALUE, LENGTH)
    strings = scan(data, values.values(), {_STRING}).of(_STRING, LENGTH)
    return groups, resources, attributes, values, strings


def _identifying(data: Bytes, attributes: Fields) -> Flags:
    """Tell which attributes have the key of an identity."""
    keys = scan(data, attributes.values(), {_KEY}).of(_KEY, LENGTH)
    found = np.zeros(len(attributes), np.bool_)
    for name in IDENTIFYING:
        text = name.encode()
        rows = np.flatnonzero(keys.end - keys.start == len(text))
        held = data[keys.start[rows, np.newaxis] + np.arange(len(text))]
        same = np.all(held == np.frombuffer(text, np.uint8), axis=1)
        found[keys.owner[rows[same]]] = True
    return found


def _grow(messages: Fields, by: NDArray[np.integer[Any]]) -> tuple[Offsets, list[_Edit]]:
    """Return how much longer each whole field becomes when its body grows, and the new headers."""
    longer = by.astype(np.int64)
    edits: list[_Edit] = []
    for row in np.flatnonzero(by).tolist():
        tag, start, end = (
            int(column[row]) for column in (messages.tag, messages.start, messages.end)
        )
        number, size = int(messages.number[row]), end - start + int(by[row])
        header = encode_varint(number << 3 | LENGTH) + encode_varint(size)
        edits.append(_Edit(tag, start, header))
        longer[row] += len(header) - (start - tag)
    return longer, edits
