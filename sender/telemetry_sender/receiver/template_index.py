"""What the receiver must know of a template set to recognize its spans: traces and parents.

The files are read with the real protobuf classes, a few megabytes at a time, so that a set of any
size can be indexed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message
from numpy.typing import NDArray
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import Link, ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.errors import TemplateError
from telemetry_common.ids import U64
from telemetry_common.manifest import Manifest, find_manifest, load_manifest
from telemetry_common.signals import Signal
from telemetry_sender.receiver.id_columns import IdColumns, candidates, span_keys
from telemetry_sender.receiver.points import points_of
from telemetry_sender.receiver.profiles import named_links, profiles_of, samples_of
from telemetry_sender.receiver.records import records_of
from telemetry_sender.receiver.references import Reference, reference_ids
from telemetry_sender.receiver.spans import SpanColumns, links_of, span_columns, spans_of
from telemetry_sender.receiver.template_chunks import template_chunks

ROOT = -1
PHANTOM = -2

Decoded = TypeVar("Decoded", bound=Message)


@dataclass(frozen=True, slots=True)
class TemplateIndex:
    """The spans of a template set, in wire order: span index = array index.

    `traces` holds the trace index of each span, counted by first appearance of the trace id;
    `parents` the span index of each parent, ROOT, or PHANTOM for a parent that is not in the set.
    `unresolved` counts the references of one pass that name no span of the set; `events` the
    events of one pass by signal.
    """

    traces: NDArray[np.int64]
    parents: NDArray[np.int64]
    trace_count: int
    unresolved: dict[Reference, int]
    events: dict[Signal, int]

    @property
    def span_count(self) -> int:
        """Number of spans in one pass."""
        return len(self.parents)


def load_template_index(directory: Path) -> TemplateIndex:
    """Index the only template set in `directory`. Raises TemplateError."""
    manifest = load_manifest(find_manifest(directory))
    spans = _read_spans(directory, manifest)
    keys = np.concatenate([span_keys(each.ids) for each in spans.columns])
    named = _named(spans.columns, keys)
    logs = _references(directory, manifest, Signal.LOGS)
    exemplars = _references(directory, manifest, Signal.METRICS)
    samples = _linked_samples(directory, manifest)
    return TemplateIndex(
        traces=np.array(spans.traces, dtype=np.int64),
        parents=_parent_indices(spans.columns, keys),
        trace_count=max(spans.traces) + 1,
        unresolved={
            Reference.LINKS: _count_unresolved(spans.links, named),
            Reference.LOGS: _count_unresolved(logs, named),
            Reference.EXEMPLARS: _count_unresolved(exemplars, named),
            Reference.SAMPLES: _count_unresolved([samples], named),
        },
        events={signal: entry.events for signal, entry in manifest.files.items()},
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
    if not read.traces:
        problem = "the template set holds no spans"
        raise TemplateError(str(directory), problem, "leave out --templates and --run-seed")
    invalid = sum(each.ids.invalid_spans + each.ids.invalid_traces for each in read.columns)
    if invalid:
        problem = f"{invalid} trace or span ids of the templates are not valid"
        raise TemplateError(str(directory), problem, "generate the set again")


def _references(directory: Path, manifest: Manifest, signal: Signal) -> list[IdColumns]:
    if signal is Signal.LOGS:
        logs = _decoded(LogsData, directory, manifest, signal)
        return [reference_ids(records_of(data.resource_logs)) for data in logs]
    metrics = _decoded(MetricsData, directory, manifest, signal)
    return [reference_ids(points_of(data.resource_metrics).exemplars) for data in metrics]


def _linked_samples(directory: Path, manifest: Manifest) -> IdColumns:
    """Return the ids that samples name; their dictionary may stand anywhere in the file."""
    links: list[Link] = []
    indices: list[int] = []
    for data in _decoded(ProfilesData, directory, manifest, Signal.PROFILES):
        links.extend(data.dictionary.link_table)
        samples = samples_of(profiles_of(data.resource_profiles))
        indices.extend([sample.link_index for sample in samples])
    return reference_ids(named_links(indices, links))


def _decoded(
    kind: type[Decoded], directory: Path, manifest: Manifest, signal: Signal
) -> Iterator[Decoded]:
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
    return np.sort(np.concatenate([keys, *traces]))


def _count_unresolved(references: Sequence[IdColumns], named: U64) -> int:
    keys = np.concatenate([np.zeros(0, np.uint64), *map(span_keys, references)])
    return int(np.count_nonzero(named[candidates(keys, named)] != keys))
