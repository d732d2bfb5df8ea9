"""What the receiver must know of a template set to recognize its spans: traces and parents.

The files are read with the real protobuf classes, a few megabytes at a time, so that a set of any
size can be indexed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from opentelemetry.proto.profiles.v1development.profiles_pb2 import Link, ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.errors import TemplateError
from telemetry_common.ids import U64
from telemetry_common.manifest import Manifest, find_manifest, load_manifest
from telemetry_common.signals import Signal
from telemetry_sender.receiver.expected_streams import ExpectedStreams
from telemetry_sender.receiver.id_columns import IdColumns, candidates, span_keys
from telemetry_sender.receiver.points import point_columns
from telemetry_sender.receiver.profiles import named_links, profiles_of, samples_of
from telemetry_sender.receiver.records import SequenceAttribute, records_of
from telemetry_sender.receiver.references import Reference, reference_ids
from telemetry_sender.receiver.spans import SpanColumns, links_of, span_columns, spans_of
from telemetry_sender.receiver.template_chunks import template_chunks
from telemetry_sender.receiver.wire_views import LogsView, MetricsView

ROOT = -1
PHANTOM = -2

_NO_KEYS = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class TemplateIndex:
    """What a template set holds. Spans are in wire order: span index = array index.

    `traces` holds the trace index of each span, counted by first appearance of the trace id;
    `parents` the span index of each parent, ROOT, or PHANTOM for a parent that is not in the set.
    `unresolved` counts the references of one pass that name no span of the set; `events` the
    events of one pass by signal. `profile_numbers` is how many profiles and samples it has.
    """

    traces: NDArray[np.int64]
    parents: NDArray[np.int64]
    trace_count: int
    unresolved: dict[Reference, int]
    events: dict[Signal, int]
    points: ExpectedStreams
    records: ExpectedStreams
    profile_numbers: int

    @property
    def span_count(self) -> int:
        """Number of spans in one pass."""
        return len(self.parents)


def load_template_index(
    directory: Path, sequence: SequenceAttribute | None = None
) -> TemplateIndex:
    """Index the only template set in `directory`. Raises TemplateError.

    `sequence` is what log records are recognized by; without it, by their content.
    """
    manifest = load_manifest(find_manifest(directory))
    spans = _read_spans(directory, manifest)
    keys = np.concatenate([_NO_KEYS, *(span_keys(each.ids) for each in spans.columns)])
    named = _named(spans.columns, keys)
    logs = _read_logs(directory, manifest, sequence)
    metrics = _read_metrics(directory, manifest)
    profiles = _read_profiles(directory, manifest)
    return TemplateIndex(
        traces=np.array(spans.traces, dtype=np.int64),
        parents=_parent_indices(spans.columns, keys),
        trace_count=max(spans.traces, default=-1) + 1,
        unresolved={
            Reference.LINKS: _count_unresolved(spans.links, named),
            Reference.LOGS: _count_unresolved(logs.references, named),
            Reference.EXEMPLARS: _count_unresolved(metrics.references, named),
            Reference.SAMPLES: _count_unresolved([profiles.references], named),
        },
        events={signal: entry.events for signal, entry in manifest.files.items()},
        points=ExpectedStreams.of(metrics.keys),
        records=ExpectedStreams.of(logs.keys),
        profile_numbers=profiles.numbers,
    )


@dataclass(frozen=True, slots=True)
class _Spans:
    columns: list[SpanColumns]
    traces: list[int]
    links: list[IdColumns]


def _read_spans(directory: Path, manifest: Manifest) -> _Spans:
    numbers: dict[bytes, int] = {}
    read = _Spans([], [], [])
    for data in _decoded(TracesData, directory, manifest, Signal.TRACES):
        spans = spans_of(data.resource_spans)
        read.columns.append(span_columns(spans))
        read.traces.extend([numbers.setdefault(each.trace_id, len(numbers)) for each in spans])
        read.links.append(reference_ids(links_of(spans)))
    _check_spans(directory, read)
    return read


def _check_spans(directory: Path, read: _Spans) -> None:
    invalid = sum(each.ids.invalid_spans + each.ids.invalid_traces for each in read.columns)
    if invalid:
        problem = f"{invalid} trace or span ids of the templates are not valid"
        raise TemplateError(str(directory), problem, "generate the set again")


@dataclass(frozen=True, slots=True)
class _Events:
    """Data points or log records, and what they refer to."""

    keys: list[U64]
    """Of their streams, one a chunk."""
    references: list[IdColumns]


def _read_metrics(directory: Path, manifest: Manifest) -> _Events:
    read = _Events([], [])
    for view in _decoded(MetricsView, directory, manifest, Signal.METRICS):
        points = point_columns(view)
        read.keys.append(points.events.names.canonical_keys())
        read.references.append(reference_ids(points.exemplars))
    return read


def _read_logs(directory: Path, manifest: Manifest, sequence: SequenceAttribute | None) -> _Events:
    read = _Events([], [])
    for view in _decoded(LogsView, directory, manifest, Signal.LOGS):
        records = records_of(view)
        read.keys.append(records.columns(sequence).names.canonical_keys())
        read.references.append(reference_ids(records.messages))
    return read


@dataclass(frozen=True, slots=True)
class _Profiles:
    numbers: int
    references: IdColumns


def _read_profiles(directory: Path, manifest: Manifest) -> _Profiles:
    """Return the ids that samples name; their dictionary may stand anywhere in the file."""
    links: list[Link] = []
    indices: list[int] = []
    profiles = 0
    for data in _decoded(ProfilesData, directory, manifest, Signal.PROFILES):
        found = profiles_of(data.resource_profiles)
        profiles += len(found)
        links.extend(data.dictionary.link_table)
        indices.extend([sample.link_index for sample in samples_of(found)])
    return _Profiles(profiles + len(indices), reference_ids(named_links(indices, links)))


def _decoded(kind: Any, directory: Path, manifest: Manifest, signal: Signal) -> Iterator[Any]:
    if signal not in manifest.files:
        return
    entry = manifest.files[signal]
    for chunk in template_chunks(directory, entry):
        try:
            yield kind.FromString(chunk)
        except DecodeError:
            place = str(directory / entry.path)
            raise TemplateError(place, f"not OTLP {signal}", "generate the set again") from None


def _parent_indices(columns: Sequence[SpanColumns], keys: U64) -> NDArray[np.int64]:
    """Return for each span the index of its parent, ROOT or PHANTOM."""
    if not len(keys):
        return np.zeros(0, np.int64)
    wanted = np.concatenate([span_keys(each.ids, each.parents) for each in columns])
    is_root = np.concatenate([each.parents for each in columns]) == 0
    order = np.argsort(keys)
    parents = order[candidates(wanted, keys[order])]
    parents[keys[parents] != wanted] = PHANTOM
    parents[is_root] = ROOT
    return parents.astype(np.int64)


def _named(columns: Sequence[SpanColumns], keys: U64) -> U64:
    """Return, sorted, the keys of good references: to each span, and to each trace without one."""
    nothing = [np.zeros(len(each), np.uint64) for each in columns]
    traces = [span_keys(each.ids, none) for each, none in zip(columns, nothing, strict=True)]
    return np.sort(np.concatenate([_NO_KEYS, keys, *traces]))


def _count_unresolved(references: Sequence[IdColumns], named: U64) -> int:
    keys = np.concatenate([_NO_KEYS, *map(span_keys, references)])
    if not len(named):
        return len(keys)
    return int(np.count_nonzero(named[candidates(keys, named)] != keys))
