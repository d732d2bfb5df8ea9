"""Timeline mode: recorded offsets from a start, passes a horizon apart, the recorded pace."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    AGGREGATION_TEMPORALITY_DELTA,
    MetricsData,
)

from core_support import SECOND, START, blocks_of, copy_committed, templates_of
from otlp_events import events_in, holders_of, points_of
from replays import RecordingSink, replay
from sender_results import make_config
from telemetry_common.config import Source, validate
from telemetry_common.errors import ConfigError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.sending.cutting import cut_bounds
from telemetry_sender.sending.recorded_pace import recorded_loads
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.stamping.build import make_stampers
from telemetry_sender.stamping.encoding import make_encoders

HORIZON = 600 * SECOND
LIMITS = Limits(4, 1 << 22)
NEW_YEAR = 1_767_225_600 * SECOND
TIMELINE = {"mode": "timeline", "start": "2026-01-01T00:00:00Z"}


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> dict[Signal, Template]:
    """Return the committed set with its manifest, which says that it is ten minutes long."""
    return open_templates(copy_committed(tmp_path_factory.mktemp("set")))


def stamped(
    templates: Mapping[Signal, Template], pass_number: int, *, now: int = START, start: int = 7,
    encoding: Encoding = Encoding.PROTOBUF, settings: Mapping[str, Any] = TIMELINE,
) -> dict[Signal, list[bytes]]:  # fmt: skip
    """Return the requests of a pass of a run that began at `start`."""
    timestamps = TimestampsConfig.model_validate(settings)
    stampers = make_stampers(timestamps, templates, 1, start, make_encoders(encoding, templates))
    return {
        signal: [
            stampers[signal].stamp(block, pass_number, now)
            for block in blocks_of(template.plan, LIMITS)
        ]
        for signal, template in templates.items()
    }


def times_in(message: Any) -> Iterator[tuple[str, int]]:
    """Yield name and value of every time below a message, in order; zero means none."""
    for field, value in message.ListFields():
        if field.name.endswith("time_unix_nano"):
            yield field.name, value
        elif field.message_type and not field.is_repeated:
            yield from times_in(value)
        elif field.message_type:
            for each in value:
                yield from times_in(each)


@pytest.mark.parametrize("pass_number", [0, 1, 1000])
def test_every_time_is_the_start_and_its_offset_and_the_horizons_before(
    committed: Mapping[Signal, Template], pass_number: int
) -> None:
    sent = stamped(committed, pass_number)
    moved = NEW_YEAR + pass_number * HORIZON - 1
    for signal, template in committed.items():
        before = holders_of(signal, template.data[:])
        after = [holder for data in sent[signal] for holder in holders_of(signal, data)]
        count = 0
        for (name, value), (_, new) in zip(
            [time for holder in before for time in times_in(holder)],
            [time for holder in after for time in times_in(holder)],
            strict=True,
        ):
            count += 1
            is_start = signal is Signal.METRICS and name == "start_time_unix_nano"
            assert new == (NEW_YEAR if is_start else value + moved)
        assert count >= len(before)


def test_without_a_start_the_timeline_begins_with_the_run(
    committed: Mapping[Signal, Template],
) -> None:
    sent = stamped(committed, 0, start=START, settings={"mode": "timeline"})
    first = holders_of(Signal.LOGS, committed[Signal.LOGS].data[:])[0]
    again = holders_of(Signal.LOGS, sent[Signal.LOGS][0])[0]
    assert again.time_unix_nano == START + first.time_unix_nano - 1


def test_the_same_seed_and_start_give_the_same_bytes_whenever_they_are_sent(
    committed: Mapping[Signal, Template],
) -> None:
    assert stamped(committed, 3, now=START, start=5) == stamped(
        committed, 3, now=START + 9, start=8
    )


def test_json_has_the_same_times(committed: Mapping[Signal, Template]) -> None:
    sent = stamped(committed, 2, encoding=Encoding.JSON)
    template = holders_of(Signal.TRACES, committed[Signal.TRACES].data[:])
    spans = [
        span
        for text in sent[Signal.TRACES]
        for resource in json.loads(text)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]
    moved = NEW_YEAR + 2 * HORIZON - 1
    ends = [int(span["endTimeUnixNano"]) for span in spans]
    assert ends == [span.end_time_unix_nano + moved for span in template]


def delta_sums(instants: Sequence[Sequence[int]]) -> bytes:
    """Return one metric for each emitter, whose two series have points at these instants."""
    data = MetricsData()
    for number, times in enumerate(instants):
        metric = data.resource_metrics.add().scope_metrics.add().metrics.add(name=f"m{number}")
        metric.sum.aggregation_temporality = AGGREGATION_TEMPORALITY_DELTA
        for before, time in pairwise([1, *times]):
            for series in "ab":
                point = metric.sum.data_points.add(as_int=1)
                point.start_time_unix_nano, point.time_unix_nano = before, time
                point.attributes.add(key="series").value.string_value = series
    return bytes(data.SerializeToString())


def test_a_delta_point_starts_where_the_one_before_ended_also_that_of_the_pass_before() -> None:
    """Of every series, in order, through three passes; times only rise, and keep their offsets."""
    data = delta_sums([[301 * SECOND, 599 * SECOND], [450 * SECOND], [2, 3, 500]])
    templates = templates_of({Signal.METRICS: data})
    series: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for number in range(3):
        for request in stamped(templates, number)[Signal.METRICS]:
            for metric in holders_of(Signal.METRICS, request):
                for point in points_of(metric):
                    key = metric.name, point.attributes[0].value.string_value
                    times = (point.start_time_unix_nano, point.time_unix_nano)
                    series.setdefault(key, []).append(times)
    assert len(series) == 6
    assert len(series["m2", "a"]) == 9
    for points in series.values():
        assert all(before[1] == after[0] for before, after in pairwise(points))
        assert all(start < end for start, end in points)


@pytest.mark.parametrize("by_series", [True, False])
def test_series_of_several_points_go_on_where_the_pass_before_ended(by_series: bool) -> None:
    """Whether their points come series by series or instant by instant; starts stay the same."""
    growing = {"a": [10, 30, 60], "b": [1, 2, 100]}
    data = MetricsData()
    metric = data.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    metric.histogram.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
    keys = [(series, step) for series in growing for step in range(3)]
    for series, step in keys if by_series else sorted(keys, key=lambda key: key[1]):
        value = growing[series][step]
        point = metric.histogram.data_points.add(
            count=value, sum=value / 2, bucket_counts=[value, 0, value], explicit_bounds=[1, 2],
            start_time_unix_nano=1, time_unix_nano=1 + step * SECOND,
        )  # fmt: skip
        point.attributes.add(key="series").value.string_value = series
    templates = templates_of({Signal.METRICS: data.SerializeToString()})
    found: dict[str, list[tuple[int, float, list[int], int]]] = {"a": [], "b": []}
    for number in range(3):
        for request in stamped(templates, number)[Signal.METRICS]:
            for point in points_of(holders_of(Signal.METRICS, request)[0]):
                values = (point.count, point.sum, list(point.bucket_counts))
                series = point.attributes[0].value.string_value
                found[series].append((*values, point.start_time_unix_nano))
    for series, first in growing.items():
        expected = [value + number * first[-1] for number in range(3) for value in first]
        assert found[series] == [(each, each / 2, [each, 0, each], NEW_YEAR) for each in expected]


def test_files_from_elsewhere_begin_with_their_earliest_event_and_last_whole_seconds() -> None:
    """Recorded at real times, without a manifest: 2.4 s from the first to the last make 3 s."""
    times = [START + 400, START + 400 + 2_400_000_000]
    templates = templates_of({Signal.LOGS: logs_at(times)})
    sent = [
        holder.time_unix_nano
        for number in range(2)
        for data in stamped(templates, number)[Signal.LOGS]
        for holder in holders_of(Signal.LOGS, data)
    ]
    expected = [0, 2_400_000_000, 3_000_000_000, 5_400_000_000]
    assert sent == [NEW_YEAR + each for each in expected]


def logs_at(times: Sequence[int]) -> bytes:
    records = LogsData()
    scope = records.resource_logs.add().scope_logs.add()
    for time in times:
        scope.log_records.add(time_unix_nano=time)
    return bytes(records.SerializeToString())


def log_templates(seconds: Sequence[float]) -> dict[Signal, Template]:
    """Return logs at these seconds, the first of which is the start of the recording."""
    return templates_of({Signal.LOGS: logs_at([1 + round(each * SECOND) for each in seconds])})


@pytest.mark.parametrize("speed", [1.0, 60.0, 0.25])
def test_blocks_are_sent_when_they_happened_through_all_passes(speed: float) -> None:
    """Bursts and gaps come as they were recorded, divided by the speed."""
    seconds = [0.0, 2.0, 2.001, 2.002, 9.5, 9.9]
    sink = RecordingSink()
    result = replay(
        sink, log_templates(seconds), multiplier=3, batch_size={"logs": 1},
        timestamps={**TIMELINE, "speed": speed},
    )  # fmt: skip
    expected = [(number * 10 + each) / speed for number in range(3) for each in seconds]
    assert [request.began for request in sink.requests] == pytest.approx(expected, abs=0.002)
    assert result.totals.acked == 18
    assert result.totals.dropped == 0


def test_a_block_is_due_when_its_last_event_happened() -> None:
    sink = RecordingSink()
    replay(
        sink, log_templates([0, 1, 2, 3, 4, 5, 6.5]), multiplier=1, batch_size={"logs": 3},
        timestamps=TIMELINE,
    )  # fmt: skip
    assert [request.began for request in sink.requests] == pytest.approx([2, 5, 6.5], abs=0.002)


@pytest.mark.parametrize(("speed", "blocks"), [(1.0, [3, 1, 2]), (3.0, [4, 2]), (4.5, [6])])
def test_a_request_holds_no_more_than_a_burst_of_sending(speed: float, blocks: list[int]) -> None:
    """Two seconds, which are more of the recording when it goes faster."""
    sink = RecordingSink()
    replay(
        sink, log_templates([0, 1, 2, 4.1, 7, 9]), multiplier=1, batch_size={"logs": 6},
        timestamps={**TIMELINE, "speed": speed},
    )  # fmt: skip
    assert [len(holders_of(Signal.LOGS, each.payload)) for each in sink.requests] == blocks


def test_a_recording_in_any_order_goes_out_in_order_of_time(
    committed: Mapping[Signal, Template],
) -> None:
    """Traces lie in the file as they were made; in each pass they are sent as they ended."""
    traces = {Signal.TRACES: committed[Signal.TRACES]}
    sink = RecordingSink()
    replay(sink, traces, multiplier=2, timestamps=TIMELINE)
    spans = 0
    for request in sink.requests:
        found = holders_of(Signal.TRACES, request.payload)
        spans += len(found)
        over: dict[bytes, float] = {}
        for span in found:
            times = [span.end_time_unix_nano, *(each.time_unix_nano for each in span.events)]
            ended = (max(times) - NEW_YEAR) / SECOND
            over[span.trace_id] = max(over.get(span.trace_id, 0), ended)
        assert request.began == pytest.approx(max(over.values()), abs=0.002)
        assert max(over.values()) - min(over.values()) <= 2
    assert spans == 2 * committed[Signal.TRACES].plan.events


def test_a_slow_endpoint_delays_a_recording_and_loses_nothing_of_it() -> None:
    sink = RecordingSink(seconds=lambda _: 5.0)
    result = replay(
        sink, log_templates([0, 1, 2, 3, 9]), multiplier=2, batch_size={"logs": 1},
        concurrency=1, timestamps=TIMELINE,
    )  # fmt: skip
    assert (result.totals.acked, result.totals.dropped) == (10, 0)
    assert result.seconds == pytest.approx(50, abs=0.1)


def test_a_duration_ends_a_recording_and_what_was_not_due_is_not_missed() -> None:
    result = replay(
        RecordingSink(), log_templates([0, 1, 2, 3, 9]), duration=12.5, batch_size={"logs": 1},
        timestamps=TIMELINE,
    )  # fmt: skip
    assert (result.totals.scheduled, result.totals.acked) == (8, 8)


def test_a_rate_that_is_given_paces_and_the_times_stay_recorded() -> None:
    sink = RecordingSink()
    replay(
        sink, log_templates([0, 50, 99]), multiplier=2, batch_size={"logs": 1},
        rate_limit={"events_per_second": 2}, timestamps=TIMELINE,
    )  # fmt: skip
    assert [each.began for each in sink.requests] == pytest.approx([0.5, 1, 1.5, 2, 2.5, 3])
    times = [holders_of(Signal.LOGS, each.payload)[0].time_unix_nano for each in sink.requests]
    offsets = [0, 50, 99, 100, 150, 199]
    assert times == [NEW_YEAR + seconds * SECOND for seconds in offsets]


def test_each_process_follows_its_own_blocks() -> None:
    """Both halves of a set are due as they are in the whole."""
    templates = log_templates([0, 1, 2, 3, 4, 5, 6, 8])
    config = make_config(timestamps=TIMELINE, sending={"batch_size": {"logs": 2}})
    bounds = cut_bounds(config, templates)
    halves = [
        recorded_loads(config, templates, bounds, {Signal.LOGS: owned})[Signal.LOGS]
        for owned in (range(2), range(2, 4), range(4, 4))
        if owned
    ]
    due = [load.when(events) for load in halves for events in (2, 4, 6, 8)]
    assert due == pytest.approx([1, 3, 10, 12, 5, 8, 14, 17])
    empty = recorded_loads(config, templates, bounds, {Signal.LOGS: range(4, 4)})
    assert empty == {}


def test_every_event_of_the_committed_set_is_sent_in_its_ten_minutes(
    committed: Mapping[Signal, Template],
) -> None:
    """All signals, two passes at a thousand times the speed, through the whole pipeline."""
    sink = RecordingSink()
    result = replay(
        sink, committed, multiplier=2, concurrency=5, timestamps={**TIMELINE, "speed": 1000}
    )
    assert result.totals.acked == 2 * sum(each.plan.events for each in committed.values())
    assert 0.6 < result.seconds <= 1.21
    for signal in committed:
        found = sum(
            events_in(signal, h) for p in sink.payloads(signal) for h in holders_of(signal, p)
        )
        assert found == 2 * committed[signal].plan.events


@pytest.mark.parametrize(
    ("settings", "key", "problem"),
    [
        ({"mode": "timeline", "jitter_ms": 5}, "jitter_ms", "no effect in the mode 'timeline'"),
        ({"mode": "timeline", "backdate_ms": 5}, "backdate_ms", "no effect"),
        ({"speed": 2}, "speed", "no effect in the mode 'live'"),
        ({"start": "2026-01-01T00:00:00Z"}, "start", "no effect in the mode 'live'"),
        ({"mode": "timeline", "start": "1969-01-01T00:00:00Z"}, "start", "before 1970"),
        ({"mode": "timeline", "start": "2262-01-01T00:00:00Z"}, "start", "after 2261"),
        ({"mode": "timeline", "start": "2026-01-01T00:00:00"}, "start", "timezone"),
        ({"mode": "timeline", "speed": 0}, "speed", "greater than 0"),
        ({"mode": "replay"}, "mode", "'live' or 'timeline'"),
    ],
)
def test_settings_that_contradict_the_mode_are_refused(
    settings: dict[str, Any], key: str, problem: str, tmp_path: Path
) -> None:
    values = {"input": {"traces": "t.pb"}, "otlp": {"endpoint": "h:1"}, "timestamps": settings}
    with pytest.raises(ConfigError) as caught:
        validate(SenderConfig, Source(str(tmp_path), values, {}))
    assert f"timestamps.{key}" in caught.value.problem
    assert problem in caught.value.problem


def test_a_rate_of_nothing_needs_a_timeline() -> None:
    with pytest.raises(ValueError, match="nothing else decides about the rate"):
        make_config(sending={"rate_limit": {"events_per_second": None}})
    config = make_config(
        sending={"rate_limit": {"events_per_second": None}}, timestamps={"mode": "timeline"}
    )
    assert config.sending.rate_limit.events_per_second is None
