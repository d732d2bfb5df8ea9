"""Streams sent segment by segment: everything once a pass, references intact, in bounded memory."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, TracesData

from core_support import COMMITTED, SECOND, START
from sender_results import make_config
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_common.stream import Segment
from telemetry_sender.streaming.segment import OpenSegment, SegmentOpener
from telemetry_sender.streaming.segment_feed import SegmentFeed
from telemetry_sender.streaming.sources import FileSource

SET = {
    signal: (COMMITTED / f"small-{signal}.pb").read_bytes()
    for signal in (Signal.TRACES, Signal.METRICS, Signal.LOGS)
}
CONFIG = make_config(sending={"batch_size": {"traces": 3, "metrics": 40, "logs": 25}})
NOW = START + 90 * SECOND


@dataclass
class ListSource:
    """Segments that are there."""

    pieces: Sequence[Segment]
    cuts_traces: bool = False
    repeatable: bool = True
    signals: Sequence[Signal] = tuple(SET)
    read: list[int] = field(default_factory=list)

    def segments(self) -> Iterator[Segment]:
        for number, segment in enumerate(self.pieces):
            self.read.append(number)
            yield segment


def _opened(source: ListSource, passes: int | None = 1) -> Iterator[OpenSegment]:
    return SegmentOpener(CONFIG, seed=3, start=START).opened(source, passes)


def _by_resource(count: int) -> list[Segment]:
    """Return the committed traces with about equally many resources in each segment."""
    resources = TracesData.FromString(SET[Signal.TRACES]).resource_spans
    cuts = [len(resources) * at // count for at in range(count + 1)]
    return [
        {Signal.TRACES: TracesData(resource_spans=resources[a:b]).SerializeToString()}
        for a, b in pairwise(cuts)
    ]


async def _sent(feed: SegmentFeed) -> dict[Signal, list[bytes]]:
    """Take and stamp everything, with two workers a signal."""
    payloads: dict[Signal, list[bytes]] = {signal: [] for signal in feed.events}

    async def work(signal: Signal) -> None:
        while await feed.turn(signal):
            ticket = feed.take(signal)
            assert ticket is not None
            segment = feed.segment(ticket.pass_number)
            stamper = segment.stampers[signal]
            payloads[signal].append(stamper.stamp(ticket.block, segment.pass_number, NOW))
            await asyncio.sleep(0)
            feed.done(ticket)

    await asyncio.gather(*(work(signal) for signal in feed.events for _ in range(2)))
    return payloads


def _spans(payloads: Sequence[bytes]) -> list[Span]:
    return [
        span
        for payload in payloads
        for resource in ExportTraceServiceRequest.FromString(payload).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _records(payloads: Sequence[bytes]) -> list[LogRecord]:
    return [
        record
        for payload in payloads
        for resource in ExportLogsServiceRequest.FromString(payload).resource_logs
        for scope in resource.scope_logs
        for record in scope.log_records
    ]


async def test_every_event_is_sent_once_a_pass() -> None:
    source = ListSource([SET])
    payloads = await _sent(SegmentFeed(_opened(source, passes=3), list(SET)))
    spans, records = _spans(payloads[Signal.TRACES]), _records(payloads[Signal.LOGS])
    once = len(_spans([SET[Signal.TRACES]]))
    assert len(spans) == 3 * once
    assert len({(span.trace_id, span.span_id) for span in spans}) == 3 * once
    assert len(records) == 3 * len(_records([SET[Signal.LOGS]]))


async def test_how_much_there_was_is_known_at_the_end_alone() -> None:
    """Until then a schedule may ask for any number of events; afterwards for no more than these."""
    feed = SegmentFeed(_opened(ListSource([SET])), list(SET))
    assert feed.planned(Signal.TRACES) == float("inf")
    payloads = await _sent(feed)
    assert feed.planned(Signal.TRACES) == len(_spans(payloads[Signal.TRACES]))


async def test_logs_of_another_segment_still_name_their_spans() -> None:
    apart: list[Segment] = [{Signal.TRACES: SET[Signal.TRACES]}, {Signal.LOGS: SET[Signal.LOGS]}]
    feed = SegmentFeed(_opened(ListSource(apart)), [Signal.TRACES, Signal.LOGS])
    payloads = await _sent(feed)
    names = {(span.trace_id, span.span_id) for span in _spans(payloads[Signal.TRACES])}
    linked = [each for each in _records(payloads[Signal.LOGS]) if each.span_id]
    assert linked
    assert all((each.trace_id, each.span_id) in names for each in linked)


async def test_records_stay_within_their_spans_in_a_segment() -> None:
    payloads = await _sent(SegmentFeed(_opened(ListSource([SET])), list(SET)))
    spans = {each.span_id: each for each in _spans(payloads[Signal.TRACES])}
    linked = [each for each in _records(payloads[Signal.LOGS]) if each.span_id]
    assert linked
    for record in linked:
        span = spans[record.span_id]
        assert span.start_time_unix_nano <= record.time_unix_nano <= span.end_time_unix_nano


async def test_every_trace_ends_when_it_is_sent_less_its_jitter() -> None:
    payloads = await _sent(SegmentFeed(_opened(ListSource([SET])), list(SET)))
    ends: dict[bytes, int] = {}
    for span in _spans(payloads[Signal.TRACES]):
        ends[span.trace_id] = max(ends.get(span.trace_id, 0), span.end_time_unix_nano)
    assert all(NOW - SECOND // 10 <= end <= NOW for end in ends.values())
    assert len(set(ends.values())) == len(ends)


@pytest.mark.parametrize("count", [1, 2, 7])
async def test_a_trace_is_never_torn_apart(count: int) -> None:
    """Wherever a file is cut, all spans of a trace move together and stay within their parents."""
    source = ListSource(_by_resource(count), cuts_traces=True)
    payloads = await _sent(SegmentFeed(_opened(source), [Signal.TRACES]))
    spans = _spans(payloads[Signal.TRACES])
    assert len(spans) == len(_spans([SET[Signal.TRACES]]))
    by_id = {(each.trace_id, each.span_id): each for each in spans}
    for span in spans:
        parent = by_id.get((span.trace_id, span.parent_span_id))
        if parent is not None:
            assert parent.start_time_unix_nano <= span.start_time_unix_nano
            assert span.end_time_unix_nano <= parent.end_time_unix_nano


async def test_no_more_than_two_segments_are_read_ahead() -> None:
    source = ListSource(_by_resource(20))
    feed = SegmentFeed(_opened(source), [Signal.TRACES])
    assert await feed.turn(Signal.TRACES)
    for _ in range(100):
        await asyncio.sleep(0.001)
    assert len(source.read) <= 3
    feed.stop()


async def test_a_segment_without_events_is_passed_over() -> None:
    empty = TracesData(resource_spans=[ResourceSpans()]).SerializeToString()
    source = ListSource([{Signal.TRACES: empty}, {}, SET, {Signal.LOGS: b""}], cuts_traces=True)
    payloads = await _sent(SegmentFeed(_opened(source), list(SET)))
    assert len(_spans(payloads[Signal.TRACES])) == len(_spans([SET[Signal.TRACES]]))
    assert len(_records(payloads[Signal.LOGS])) == len(_records([SET[Signal.LOGS]]))


async def test_a_pipe_is_sent_once_however_many_passes_there_are() -> None:
    source = ListSource([SET], repeatable=False)
    payloads = await _sent(SegmentFeed(_opened(source, passes=None), list(SET)))
    assert len(_spans(payloads[Signal.TRACES])) == len(_spans([SET[Signal.TRACES]]))


async def test_a_segment_that_is_not_otlp_ends_the_run_with_its_place() -> None:
    source = ListSource([SET, {Signal.TRACES: b"\xff" * 40}])
    with pytest.raises(TemplateError, match="segment 1: byte 0 of the traces: not OTLP"):
        await _sent(SegmentFeed(_opened(source), list(SET)))


async def test_stopping_ends_the_workers_that_wait_for_a_segment() -> None:
    feed = SegmentFeed(_opened(ListSource([SET] * 3)), list(SET))
    waiting = asyncio.create_task(feed.turn(Signal.TRACES))
    await asyncio.sleep(0)
    feed.stop()
    assert await waiting is False
    assert await feed.turn(Signal.LOGS) is False


async def test_files_are_sent_whole_in_segments() -> None:
    files = {signal: COMMITTED / f"small-{signal}.pb" for signal in SET}
    opener = SegmentOpener(CONFIG, seed=3, start=START)
    payloads = await _sent(SegmentFeed(opener.opened(FileSource(files), 1), list(SET)))
    assert len(_spans(payloads[Signal.TRACES])) == len(_spans([SET[Signal.TRACES]]))
    assert len(_records(payloads[Signal.LOGS])) == len(_records([SET[Signal.LOGS]]))
