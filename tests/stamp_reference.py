"""What stamping means, said with the real protobuf classes and plain integers: slow and obvious."""

from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message

from telemetry_common.ids import RunKeys, mix64_int

_WORD = (1 << 64) - 1
_PASS_STEP = 0x9E3779B97F4A7C15
_CUMULATIVE, _DELTA = 2, 1


def _valid(identifier: bytes, width: int) -> bool:
    return len(identifier) == width and any(identifier)


def _word(identifier: bytes) -> int:
    return int.from_bytes(identifier, "little")


def _bytes(*words: int) -> bytes:
    return b"".join((word & _WORD).to_bytes(8, "little") for word in words)


def spans_of(traces: Message) -> list[Any]:
    """Return all spans of a TracesData in file order."""
    return [
        span
        for resource in traces.resource_spans  # type: ignore[attr-defined]
        for scope in resource.scope_spans
        for span in scope.spans
    ]


@dataclass
class Reference:
    """Sets the fields of decoded messages as one pass of a run would."""

    seed: int
    pass_number: int
    now: int
    start: int
    jitter: int
    backdate: int
    traces: dict[bytes, int] = field(default_factory=dict)
    spans: dict[tuple[int, bytes], int] = field(default_factory=dict)
    trace_end: dict[int, int] = field(default_factory=dict)
    span_count: int = 0

    def learn(self, traces: Message) -> None:
        """Take in the spans of the set, before any of them is changed."""
        for position, span in enumerate(spans_of(traces)):
            trace = -1
            if _valid(span.trace_id, 16):
                trace = self.traces.setdefault(span.trace_id, len(self.traces))
                ends = [self.trace_end.get(trace, 0), *_span_times(span)]
                self.trace_end[trace] = max(ends)
                if _valid(span.span_id, 8):
                    self.spans.setdefault((trace, span.span_id), position)
            self.span_count = position + 1

    @property
    def keys(self) -> RunKeys:
        return RunKeys.from_seed(self.seed)

    # ids

    def span_id(self, position: int) -> bytes:
        return _bytes(mix64_int(self.keys.span + self.pass_number * self.span_count + position))

    def profile_id(self, counter: int) -> bytes:
        high, low = self.keys.profile_high + counter, self.keys.profile_low + counter
        return _bytes(mix64_int(high), mix64_int(low))

    def foreign(self, identifier: bytes) -> bytes:
        words = [_word(identifier[i : i + 8]) for i in range(0, len(identifier), 8)]
        step = self.pass_number * _PASS_STEP
        return _bytes(*(mix64_int((word ^ self.keys.foreign) + step) for word in words))

    def named_trace(self, identifier: bytes) -> bytes:
        if not _valid(identifier, 16):
            return identifier
        if identifier not in self.traces:
            return self.foreign(identifier)
        counter = self.pass_number * len(self.traces) + self.traces[identifier]
        high, low = self.keys.trace_high + counter, self.keys.trace_low + counter
        return _bytes(mix64_int(high), mix64_int(low))

    def named_span(self, trace: bytes, identifier: bytes) -> bytes:
        if not _valid(identifier, 8):
            return identifier
        position = self.spans.get((self.traces.get(trace, -1), identifier))
        return self.foreign(identifier) if position is None else self.span_id(position)

    # times

    def trace_shift(self, trace: int) -> int:
        counter = self.pass_number * len(self.traces) + trace
        return self.now - self.backdate - self._jitter(counter) - self.trace_end[trace]

    def own_shift(self, clock: int, clocks: int, latest: int) -> int:
        jitter = self._jitter(self.pass_number * clocks + clock)
        return self.now - self.backdate - jitter - latest

    def _jitter(self, counter: int) -> int:
        return mix64_int(self.keys.jitter + counter) % (self.jitter + 1)

    # messages

    def set_traces(self, traces: Message) -> None:
        spans = spans_of(traces)
        shifts = self._shifts([(span.trace_id, _span_times(span)) for span in spans])
        for position, (span, shift) in enumerate(zip(spans, shifts, strict=True)):
            _move(span, ("start_time_unix_nano", "end_time_unix_nano"), shift)
            for event in span.events:
                _move(event, ("time_unix_nano",), shift)
            for link in span.links:
                self._set_reference(link)
            trace = span.trace_id
            span.parent_span_id = self.named_span(trace, span.parent_span_id)
            span.trace_id = self.named_trace(trace)
            if _valid(span.span_id, 8):
                span.span_id = self.span_id(position)

    def _shifts(self, groups: list[tuple[bytes, list[int]]]) -> list[int]:
        """Return the shift of each event from its trace id and its times."""
        clocks = sum(1 for trace, times in groups if trace not in self.traces and any(times))
        shifts, clock = [], 0
        for trace, times in groups:
            if trace in self.traces:
                shifts.append(self.trace_shift(self.traces[trace]))
            else:
                shifts.append(self.own_shift(clock, clocks, max(times, default=0)))
                clock += any(times)
        return shifts

    def _set_reference(self, message: Any) -> None:
        trace = message.trace_id
        message.span_id = self.named_span(trace, message.span_id)
        message.trace_id = self.named_trace(trace)

    def set_logs(self, logs: Message) -> None:
        records = [
            record
            for resource in logs.resource_logs  # type: ignore[attr-defined]
            for scope in resource.scope_logs
            for record in scope.log_records
        ]
        names = ("time_unix_nano", "observed_time_unix_nano")
        groups = [(r.trace_id, [getattr(r, name) for name in names]) for r in records]
        for record, shift in zip(records, self._shifts(groups), strict=True):
            _move(record, names, shift)
            self._set_reference(record)

    def set_metrics(self, metrics: Message, previous: int | None = None) -> int:
        """Set all points; return the instant that they got."""
        last = self.start - self.backdate if previous is None else previous
        instant = max(self.now - self.backdate, last + 1)
        for resource in metrics.resource_metrics:  # type: ignore[attr-defined]
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    kind = metric.WhichOneof("data")
                    if kind is not None:
                        self._set_metric(kind, getattr(metric, kind), last, instant)
        return instant

    def _set_metric(self, kind: str, data: Any, last: int, instant: int) -> None:
        temporality = getattr(data, "aggregation_temporality", 0)
        cumulative = temporality == _CUMULATIVE
        grows = kind == "summary" or (kind == "histogram" and cumulative)
        grows |= kind == "sum" and cumulative and data.is_monotonic
        start = last if temporality == _DELTA else self.start - self.backdate
        for point in data.data_points:
            self._set_exemplars(point, instant)
            if point.time_unix_nano:
                point.time_unix_nano = instant
            if point.start_time_unix_nano:
                point.start_time_unix_nano = start
            if grows:
                _grow(point, self.pass_number + 1)

    def _set_exemplars(self, point: Any, instant: int) -> None:
        exemplars = getattr(point, "exemplars", ())
        latest = max([point.time_unix_nano, *(e.time_unix_nano for e in exemplars)])
        for exemplar in exemplars:
            known = exemplar.trace_id in self.traces
            shift = instant - latest
            if known:
                shift = self.trace_shift(self.traces[exemplar.trace_id])
            _move(exemplar, ("time_unix_nano",), shift)
            self._set_reference(exemplar)

    def set_profiles(self, data: Message) -> None:
        named = [link.trace_id for link in data.dictionary.link_table]  # type: ignore[attr-defined]
        profiles = [
            profile
            for resource in data.resource_profiles  # type: ignore[attr-defined]
            for scope in resource.scope_profiles
            for profile in scope.profiles
        ]
        numbers = len(profiles) + sum(len(profile.samples) for profile in profiles)
        number = self.pass_number * numbers
        for profile in profiles:
            self._set_profile_times(profile, named)
            if _valid(profile.profile_id, 16):
                profile.profile_id = self.profile_id(number)
            number += 1 + len(profile.samples)
        for link in data.dictionary.link_table:  # type: ignore[attr-defined]
            self._set_reference(link)

    def _set_profile_times(self, profile: Any, named: list[bytes]) -> None:
        """Move a profile so that it ends now, and samples of known traces with their traces."""
        own = self.now - self.backdate - _profile_end(profile)
        _move(profile, ("time_unix_nano",), own)
        for sample in profile.samples:
            trace = named[sample.link_index] if 0 < sample.link_index < len(named) else b""
            shift = self.trace_shift(self.traces[trace]) if trace in self.traces else own
            moved = [(t + shift) & _WORD if t else 0 for t in sample.timestamps_unix_nano]
            sample.timestamps_unix_nano[:] = moved


def _span_times(span: Any) -> list[int]:
    events = (event.time_unix_nano for event in span.events)
    return [span.start_time_unix_nano, span.end_time_unix_nano, *events]


def _profile_end(profile: Any) -> int:
    times = [t for sample in profile.samples for t in sample.timestamps_unix_nano]
    if profile.time_unix_nano:
        times += [profile.time_unix_nano, profile.time_unix_nano + profile.duration_nano & _WORD]
    return max(times, default=0)


def _move(message: Any, names: tuple[str, ...], shift: int) -> None:
    for name in names:
        if getattr(message, name):
            setattr(message, name, (getattr(message, name) + shift) & _WORD)


def _grow(point: Any, factor: int) -> None:
    for name in ("count", "as_int"):
        if name in point.DESCRIPTOR.fields_by_name and _is_set(point, name):
            setattr(point, name, _wrapped(getattr(point, name) * factor, signed=name == "as_int"))
    for name in ("sum", "as_double"):
        if name in point.DESCRIPTOR.fields_by_name and _is_set(point, name):
            setattr(point, name, getattr(point, name) * factor)
    if "bucket_counts" in point.DESCRIPTOR.fields_by_name:
        point.bucket_counts[:] = [count * factor & _WORD for count in point.bucket_counts]


def _is_set(point: Any, name: str) -> bool:
    has_presence = point.DESCRIPTOR.fields_by_name[name].has_presence
    return point.HasField(name) if has_presence else bool(getattr(point, name))


def _wrapped(value: int, *, signed: bool) -> int:
    value &= _WORD
    return value - (1 << 64) if signed and value >> 63 else value
