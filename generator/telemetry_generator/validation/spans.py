"""What one span answers by itself: its ids, its times, its events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, TracesData

from telemetry_common.ids import U64
from telemetry_generator.reading.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, id_words
from telemetry_generator.reading.interner import Interner
from telemetry_generator.validation.attributes import faulty_attributes
from telemetry_generator.validation.kinds import Kind
from telemetry_generator.validation.references import References
from telemetry_generator.validation.resources import Resources
from telemetry_generator.validation.span_table import SpanTable, SpanTableBuilder
from telemetry_generator.validation.template_file import TemplateFile

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class SpanChecks:
    """Checks the spans of a file chunk by chunk; keeps a table of them, and their links."""

    file: TemplateFile[TracesData]
    resources: Resources
    services: Interner
    horizon_nanos: int
    spans: SpanTableBuilder = field(default_factory=SpanTableBuilder)
    links: References = field(default_factory=References)

    def check_file(self) -> SpanTable:
        """Check every span by itself; return the table of all."""
        for data in self.file.messages():
            self._check(data.resource_spans)
        return self.spans.build()

    def _check(self, resources: Sequence[ResourceSpans]) -> None:
        grouped = [
            [span for scope in each.scope_spans for span in scope.spans] for each in resources
        ]
        names = [self.resources.service(each.resource, self.file.name) for each in resources]
        numbers = np.array([self.services.number(name) for name in names], np.int32)
        spans = [span for group in grouped for span in group]
        service = np.repeat(numbers, [len(group) for group in grouped])
        table = self._table(spans, service)
        self._check_ids(spans, table)
        self._check_times(table)
        self._check_events(spans, table)
        self._find(Kind.ATTRIBUTE_KEY, faulty_attributes(spans), table, "a repeated or empty key")
        self._collect_links(spans, table)
        self.spans.add(table)
        self.file.count(resources=len(resources), events=len(spans))

    def _table(self, spans: Sequence[Span], service: NDArray[np.int32]) -> SpanTable:
        return SpanTable(
            trace=id_words([span.trace_id for span in spans], TRACE_ID_BYTES)[0],
            span=id_words([span.span_id for span in spans], SPAN_ID_BYTES)[0][:, 0],
            parent=id_words([span.parent_span_id for span in spans], SPAN_ID_BYTES)[0][:, 0],
            start=times([span.start_time_unix_nano for span in spans]),
            end=times([span.end_time_unix_nano for span in spans]),
            service=service,
        )

    def _check_ids(self, spans: Sequence[Span], table: SpanTable) -> None:
        no_trace = (table.trace == 0).all(axis=1)
        self._find(Kind.TRACE_ID, no_trace, table, "the trace id is not 16 bytes, or zero")
        self._find(Kind.SPAN_ID, table.span == 0, table, "the span id is not 8 bytes, or zero")
        wrong = id_words([span.parent_span_id for span in spans], SPAN_ID_BYTES)[1]
        self._find(Kind.SPAN_ID, wrong, table, "the parent's id is not 8 bytes")

    def _check_times(self, table: SpanTable) -> None:
        outside = beyond(table.start, self.horizon_nanos) | beyond(table.end, self.horizon_nanos)
        self._find(Kind.TIME, outside, table, "start or end is not within 1 .. horizon")
        backwards = table.end < table.start
        self._find(Kind.SPAN_TIME, backwards, table, "ends before it starts")

    def _check_events(self, spans: Sequence[Span], table: SpanTable) -> None:
        owner = np.repeat(np.arange(len(spans)), [len(span.events) for span in spans])
        time = times([event.time_unix_nano for span in spans for event in span.events])
        outside = (time < table.start[owner]) | (time > table.end[owner])
        self._find(
            Kind.EVENT_TIME, owner[outside].tolist(), table, "an event lies outside its span"
        )
        beyond_horizon = owner[beyond(time, self.horizon_nanos)].tolist()
        self._find(Kind.TIME, beyond_horizon, table, "an event is not within 1 .. horizon")

    def _collect_links(self, spans: Sequence[Span], table: SpanTable) -> None:
        linking = [(row, link) for row, span in enumerate(spans) for link in span.links]
        if not linking:
            return
        traces, wrong_traces = id_words([link.trace_id for _, link in linking], TRACE_ID_BYTES)
        spans_, wrong_spans = id_words([link.span_id for _, link in linking], SPAN_ID_BYTES)
        owner = np.array([row for row, _ in linking], np.int64)
        unset = (traces == 0).all(axis=1) | (spans_[:, 0] == 0)
        wrong = owner[wrong_traces | wrong_spans | unset].tolist()
        self._find(Kind.LINK, wrong, table, "a link does not name a span by 16 and 8 bytes")
        first = len(self.spans)
        self.links.add(traces[~unset], spans_[~unset, 0], owner[~unset] + first)

    def _find(
        self, kind: Kind, which: Flags | Sequence[int], table: SpanTable, problem: str
    ) -> None:
        rows = np.flatnonzero(which).tolist() if isinstance(which, np.ndarray) else which
        describe = lambda row: (table.place(row), problem)  # noqa: E731
        self.file.report_rows(kind, rows, describe)


def times(values: Iterable[int]) -> U64:
    """Return template times as an array."""
    return np.fromiter(values, np.uint64)


def beyond(time: U64, horizon_nanos: int) -> Flags:
    """Tell which times are not within 1 .. horizon."""
    outside: Flags = (time == 0) | (time > np.uint64(horizon_nanos))
    return outside
