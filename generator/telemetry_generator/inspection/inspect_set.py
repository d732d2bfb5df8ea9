"""Inspects a template set: reads every file once, counts and samples, and says what it found."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    ProfilesData,
    ProfilesDictionary,
)
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from telemetry_common.manifest import MANIFEST_SUFFIX, find_manifest
from telemetry_common.signals import Signal
from telemetry_generator.inspection.calls import Names, call_graph
from telemetry_generator.inspection.cardinality import MOST_KEYS, Census
from telemetry_generator.inspection.file_reader import FileReader, open_file
from telemetry_generator.inspection.logs import LogReader
from telemetry_generator.inspection.metrics import MOST_METRICS, MetricReader
from telemetry_generator.inspection.model import FileFacts, Inspection, SetFacts
from telemetry_generator.inspection.profiles import ProfileReader
from telemetry_generator.inspection.span_reader import SpanReader
from telemetry_generator.inspection.trace_facts import TraceTable, trace_facts
from telemetry_generator.inspection.trace_sample import MOST_SPANS, TraceSample
from telemetry_generator.inspection.waterfalls import choose, read_waterfall
from telemetry_generator.reading.ids import TRACE_ID_BYTES, id_words, trace_keys
from telemetry_generator.reading.progress import Progress
from telemetry_generator.reading.template_set import TemplateSet, open_set


def inspect_set(directory: Path, progress: Progress, *, most_spans: int = MOST_SPANS) -> Inspection:
    """Read the only set in `directory` and return what is in it.

    Counts of events are exact. What is known of traces and calls comes from a sample of whole
    traces when there are more than `most_spans` spans, and the result says so. Memory does not grow
    with the set beyond that. Raises TemplateError when there is no set, or a file of it is damaged.
    """
    template_set = open_set(directory)
    return _Inspector(template_set, progress, most_spans).inspect()


class _Inspector:
    def __init__(self, template_set: TemplateSet, progress: Progress, most_spans: int) -> None:
        self._set = template_set
        self._progress = progress
        self._most_spans = most_spans
        self._census = Census()
        self._notes: list[str] = []

    def inspect(self) -> Inspection:
        found = Inspection(_set_facts(self._set))
        signals = self._set.signals
        if Signal.TRACES in signals:
            with open_file(self._set, Signal.TRACES, TracesData, self._progress) as traces:
                found = self._with_traces(found, traces)
        if Signal.METRICS in signals:
            with open_file(self._set, Signal.METRICS, MetricsData, self._progress) as metrics:
                found = self._with_metrics(found, metrics)
        if Signal.LOGS in signals:
            with open_file(self._set, Signal.LOGS, LogsData, self._progress) as logs:
                found = self._with_logs(found, logs)
        if Signal.PROFILES in signals:
            with open_file(self._set, Signal.PROFILES, ProfilesData, self._progress) as profiles:
                found = self._with_profiles(found, profiles)
        if self._census.left_out:
            self._notes.append(f"Only the first {MOST_KEYS:,} attribute keys are listed.")
        return replace(found, keys=self._census.facts(), notes=tuple(self._notes))

    def _with_traces(self, found: Inspection, file: FileReader[TracesData]) -> Inspection:
        reader, sample = SpanReader(self._census), TraceSample(self._most_spans)
        for number, data in enumerate(file.messages()):
            sample.add(reader.read(number, data.resource_spans))
        spans = sample.spans()
        if spans is None:
            return found
        share = sample.share
        if share < 1:
            self._notes.append(
                f"Service graph, latencies, durations and waterfalls come from {share:.2%} of the "
                "traces, chosen by chance; numbers of traces, calls and errors are scaled up."
            )
        peers = reader.peer_kinds
        names = Names(reader.services.texts, reader.peers.texts, peers, reader.spans_of_service)
        graph = call_graph(spans, names, share)
        table = TraceTable.of(spans)
        waterfalls = [
            read_waterfall(choice, file.again, _IsTrace(int(table.trace[choice.trace])))
            for choice in choose(spans, table)
        ]
        return replace(
            found,
            traces=trace_facts(spans, table, reader.kinds, reader.kinds.total(), share),
            nodes=graph.nodes,
            calls=graph.calls,
            waterfalls=tuple(waterfalls),
        )

    def _with_metrics(self, found: Inspection, file: FileReader[MetricsData]) -> Inspection:
        reader = MetricReader(self._census)
        for data in file.messages():
            reader.read(data.resource_metrics)
        if reader.left_out:
            self._notes.append(f"Only the first {MOST_METRICS:,} metric names are kept apart.")
        return replace(found, metrics=reader.facts())

    def _with_logs(self, found: Inspection, file: FileReader[LogsData]) -> Inspection:
        reader = LogReader(self._census)
        for data in file.messages():
            reader.read(data.resource_logs)
        return replace(found, logs=reader.facts())

    def _with_profiles(self, found: Inspection, file: FileReader[ProfilesData]) -> Inspection:
        dictionary = ProfilesDictionary()
        for data in file.messages():
            dictionary.MergeFrom(data.dictionary)
        reader = ProfileReader(self._census, dictionary)
        for data in file.messages():
            reader.read(data)
        return replace(found, profiles=reader.facts())


class _IsTrace:
    """Tells the spans of one trace by the word of its id."""

    def __init__(self, word: int) -> None:
        self._word = word
        self._known: dict[bytes, bool] = {}

    def __call__(self, trace_id: bytes) -> bool:
        known = self._known.get(trace_id)
        if known is None:
            words = trace_keys(id_words([trace_id], TRACE_ID_BYTES)[0])
            known = self._known[trace_id] = bool(words[0] == np.uint64(self._word))
        return known


def _set_facts(template_set: TemplateSet) -> SetFacts:
    manifest = template_set.manifest
    name = find_manifest(template_set.directory).name
    return SetFacts(
        directory=str(template_set.directory),
        prefix=name.removesuffix(MANIFEST_SUFFIX),
        generator_version=manifest.generator_version,
        seed=manifest.seed,
        horizon_nanos=manifest.horizon_nanos,
        estimated_sender_bytes=manifest.estimated_sender_bytes,
        files=tuple(_files(template_set)),
    )


def _files(template_set: TemplateSet) -> Iterator[FileFacts]:
    for signal in template_set.signals:
        entry = template_set.entry(signal)
        yield FileFacts(
            signal=signal,
            path=entry.path,
            bytes=entry.bytes,
            stored_bytes=entry.compressed_bytes or entry.bytes,
            resources=entry.resources,
            events=entry.events,
        )
