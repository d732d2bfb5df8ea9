"""Log records: their times, and the spans that they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData, ResourceLogs

from telemetry_common.ids import U64
from telemetry_generator.reading.ids import (
    SPAN_ID_BYTES,
    TRACE_ID_BYTES,
    id_words,
    span_hex,
    trace_hex,
)
from telemetry_generator.reading.interner import Interner
from telemetry_generator.validation.attributes import faulty_attributes
from telemetry_generator.validation.kinds import Kind
from telemetry_generator.validation.resources import Resources
from telemetry_generator.validation.span_table import NOT_FOUND, SpanIndex
from telemetry_generator.validation.spans import Flags, times
from telemetry_generator.validation.template_file import TemplateFile


@dataclass(frozen=True, slots=True)
class LogChecks:
    """Checks the log records of a file chunk by chunk; `index` is None in a set without traces."""

    file: TemplateFile[LogsData]
    resources: Resources
    services: Interner
    horizon_nanos: int
    index: SpanIndex | None

    def check_file(self) -> None:
        """Check every record."""
        for data in self.file.messages():
            self._check(data.resource_logs)

    def _check(self, resources: Sequence[ResourceLogs]) -> None:
        grouped = [
            [record for scope in each.scope_logs for record in scope.log_records]
            for each in resources
        ]
        names = [self.resources.service(each.resource, self.file.name) for each in resources]
        numbers = np.array([self.services.number(name) for name in names], np.int32)
        records = [record for group in grouped for record in group]
        batch = _Batch.of(records, np.repeat(numbers, [len(group) for group in grouped]))
        first = self.file.counts.get("events", 0)
        self.file.count(resources=len(resources), events=len(records))
        self._find(Kind.ATTRIBUTE_KEY, _flags(faulty_attributes(records), batch), batch, first,
                   "a repeated or empty key")  # fmt: skip
        self._check_times(batch, first)
        self._check_ids(batch, first)
        if self.index is not None:
            self._check_spans(self.index, batch, first)

    def _check_times(self, batch: "_Batch", first: int) -> None:
        unset = (batch.time == 0) & (batch.observed == 0)
        self._find(Kind.TIME, unset, batch, first, "has neither a time nor an observed time")
        horizon = np.uint64(self.horizon_nanos)
        late = (batch.time > horizon) | (batch.observed > horizon)
        self._find(Kind.TIME, late, batch, first, "a time is not within 1 .. horizon")

    def _check_ids(self, batch: "_Batch", first: int) -> None:
        self._find(Kind.LOG_REFERENCE, batch.wrong, batch, first, "an id of a wrong width")
        alone = (batch.span != 0) & (batch.trace == 0).all(axis=1)
        self._find(Kind.LOG_REFERENCE, alone, batch, first, "has a span id without a trace id")

    def _check_spans(self, index: SpanIndex, batch: "_Batch", first: int) -> None:
        lost = index.unresolved(batch.trace, batch.span)
        self._find(Kind.LOG_REFERENCE, lost, batch, first, "names a span that is not in the set")
        row = index.find(batch.trace, batch.span)
        named = row != NOT_FOUND
        table = index.table
        time = np.where(batch.time == 0, batch.observed, batch.time)
        outside = (time < table.start[row]) | (time > table.end[row]) if len(table) else ~named
        self._find(Kind.LOG_TIME, named & outside, batch, first, "its time is outside its span")
        other = table.service[row] != batch.service if len(table) else ~named
        problem = "stands under another service than its span"
        self._find(Kind.LOG_SERVICE, named & other, batch, first, problem)

    def _find(self, kind: Kind, which: Flags, batch: "_Batch", first: int, problem: str) -> None:
        def describe(row: int) -> tuple[str, str]:
            return f"record {first + row:,}{batch.name(row)}", problem

        rows = np.flatnonzero(which).tolist()
        self.file.report_rows(kind, rows, describe)


@dataclass(frozen=True, slots=True)
class _Batch:
    """The records of a chunk as columns of shape (n,), trace ids (n, 2)."""

    trace: U64
    span: U64
    wrong: Flags
    time: U64
    observed: U64
    service: NDArray[np.int32]

    @classmethod
    def of(cls, records: Sequence[LogRecord], service: NDArray[np.int32]) -> "_Batch":
        trace, wrong_trace = id_words([each.trace_id for each in records], TRACE_ID_BYTES)
        span, wrong_span = id_words([each.span_id for each in records], SPAN_ID_BYTES)
        return cls(
            trace=trace,
            span=span[:, 0],
            wrong=wrong_trace | wrong_span,
            time=times([each.time_unix_nano for each in records]),
            observed=times([each.observed_time_unix_nano for each in records]),
            service=service,
        )

    def name(self, row: int) -> str:
        """Return which span a record names, for a finding."""
        if not self.trace[row].any():
            return ""
        return f" of trace {trace_hex(self.trace[row])} span {span_hex(self.span[row])}"


def _flags(rows: Sequence[int], batch: _Batch) -> Flags:
    flags = np.zeros(len(batch.span), np.bool_)
    flags[list(rows)] = True
    return flags
