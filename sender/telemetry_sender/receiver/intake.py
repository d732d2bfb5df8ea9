"""What happens to a request: decoded and checked, or only counted."""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from telemetry_common.signals import Signal
from telemetry_sender.receiver.books import Books
from telemetry_sender.receiver.checks import Checks
from telemetry_sender.receiver.id_columns import HasIds
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.points import point_columns
from telemetry_sender.receiver.profiles import end_times, named_links, profiles_of, samples_of
from telemetry_sender.receiver.records import SequenceAttribute, records_of
from telemetry_sender.receiver.references import Reference, reference_ids
from telemetry_sender.receiver.span_window import SpanWindow
from telemetry_sender.receiver.spans import links_of, span_columns, spans_of
from telemetry_sender.receiver.tally import Tally
from telemetry_sender.receiver.time_window import TimeWindow
from telemetry_sender.receiver.timing import Timing
from telemetry_sender.receiver.wire_views import LogsView, MetricsView


class UndecodableError(Exception):
    """The payload is not a message of its signal."""


class Intake(Protocol):
    """Takes what arrives."""

    @property
    def tally(self) -> Tally:
        """What has been taken."""

    def take(self, signal: Signal, payload: bytes) -> None:
        """Take one request. Raises UndecodableError."""


class DiscardingIntake:
    """Counts requests and bytes only: the peer of throughput measurements."""

    def __init__(self) -> None:
        self.tally = Tally()

    def take(self, signal: Signal, payload: bytes) -> None:
        """Count one request."""
        self.tally.count_request(signal, len(payload))


class CheckingIntake:
    """Decodes every request with the real protobuf classes and checks what it finds.

    A `ledger` brings its templates and seed, by which all signals are identified. `clock` tells
    the arrival in Unix nanoseconds.
    """

    def __init__(
        self,
        ledger: Ledger | None = None,
        window: SpanWindow | None = None,
        *,
        clock: Callable[[], int] = time.time_ns,
        time_window: TimeWindow | None = None,
        log_sequence: SequenceAttribute | None = None,
    ) -> None:
        self.tally = Tally()
        self.checks = Checks()
        self.window = window or SpanWindow()
        self.ledger = ledger
        self.books = Books(
            ledger.template if ledger else None, ledger.run_seed if ledger else None, log_sequence
        )
        self.timing = Timing(clock, time_window)
        self._takers = {
            Signal.TRACES: self._take_traces,
            Signal.METRICS: self._take_metrics,
            Signal.LOGS: self._take_logs,
            Signal.PROFILES: self._take_profiles,
        }

    def take(self, signal: Signal, payload: bytes) -> None:
        """Count and check one request. Raises UndecodableError."""
        self.tally.count_request(signal, len(payload))
        try:
            self._takers[signal](payload)
        except DecodeError as error:
            self.tally.undecodable[signal] += 1
            raise UndecodableError(f"not an OTLP {signal} request: {error}") from None

    def _take_traces(self, payload: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(payload)
        spans = spans_of(request.resource_spans)
        columns = span_columns(spans)
        self.tally.signals[Signal.TRACES].events += len(columns)
        self.tally.root_spans += len(columns) - int(np.count_nonzero(columns.parents))
        self.checks.check_spans(columns)
        self.timing.take(Signal.TRACES, columns.ends)
        self.window.add(columns)
        if self.ledger:
            self.ledger.record(columns)
        self._check_references(Reference.LINKS, links_of(spans))

    def _take_metrics(self, payload: bytes) -> None:
        # The view would take attributes that are not OTLP; the real classes do not.
        ExportMetricsServiceRequest.FromString(payload)
        points = point_columns(MetricsView.FromString(payload))
        self.tally.signals[Signal.METRICS].events += len(points)
        self.tally.points.update(points.by_type)
        self.timing.take(Signal.METRICS, points.events.times)
        self.books.record_points(points)
        self._check_references(Reference.EXEMPLARS, points.exemplars)

    def _take_logs(self, payload: bytes) -> None:
        ExportLogsServiceRequest.FromString(payload)
        records = records_of(LogsView.FromString(payload))
        self.tally.signals[Signal.LOGS].events += len(records)
        self.timing.take(Signal.LOGS, records.times)
        self.books.record_logs(records)
        self._check_references(Reference.LOGS, records.messages)

    def _take_profiles(self, payload: bytes) -> None:
        request = ExportProfilesServiceRequest.FromString(payload)
        profiles = profiles_of(request.resource_profiles)
        samples = samples_of(profiles)
        self.tally.signals[Signal.PROFILES].events += len(samples)
        self.tally.profiles += len(profiles)
        self.timing.take(Signal.PROFILES, end_times(profiles))
        if self.books.profiles is not None:
            self.books.profiles.record(profiles)
        self.checks.profiles.check(profiles, samples, request.dictionary)
        indices = (sample.link_index for sample in samples)
        named = named_links(indices, request.dictionary.link_table)
        self._check_references(Reference.SAMPLES, named)

    def _check_references(self, kind: Reference, messages: Sequence[HasIds]) -> None:
        if not messages:
            return
        ids = reference_ids(messages)
        self.checks.check_references(kind, ids)
        if self.ledger:
            self.checks.unresolved[kind] += self.ledger.unresolved(ids)
