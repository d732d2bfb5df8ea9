"""Generated profiles are what the sender plans and stamps: ids and times still fit when sent."""

from collections.abc import Mapping
from functools import cache

from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

from core_support import SECOND, START, blocks_of, stampers_of, templates_of
from otlp_events import holders_of
from profile_world import TOPOLOGY, ShortRequests, profile_factory, whole_file
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_generator.encode.traces import TraceEncoder

_PARTS = 20


@cache
def templates() -> Mapping[Signal, Template]:
    requests = ShortRequests(requests=200)
    traces, _ = TraceEncoder(TOPOLOGY).encode(requests.table(0, requests.requests))
    profiles = whole_file(profile_factory(requests, count=200, samples_per_profile=40))
    return templates_of({Signal.TRACES: traces, Signal.PROFILES: profiles})


def sent(pass_number: int) -> dict[Signal, list[bytes]]:
    """Return the requests of a pass of 20 seconds, in which both signals go in step."""
    stampers = stampers_of(dict(templates()))
    planned = []
    for order, signal in enumerate((Signal.TRACES, Signal.PROFILES)):
        plan = templates()[signal].plan
        blocks = blocks_of(plan, Limits(-(-plan.events // _PARTS), 1 << 22))
        for block in blocks:
            time = START + (block.index + 1) * _PARTS * SECOND // len(blocks)
            planned.append((time, order, signal, block))
    requests: dict[Signal, list[bytes]] = {Signal.TRACES: [], Signal.PROFILES: []}
    for time, _, signal, block in sorted(planned, key=lambda each: each[:2]):
        requests[signal].append(stampers[signal].stamp(block, pass_number, time))
    return requests


def test_what_is_sent_names_spans_that_are_sent_and_lies_within_them() -> None:
    for pass_number in (0, 2):
        requests = sent(pass_number)
        spans = {
            (span.trace_id, span.span_id): span
            for request in requests[Signal.TRACES]
            for span in holders_of(Signal.TRACES, request)
        }
        assert len(requests[Signal.PROFILES]) >= _PARTS
        linked = inside = 0
        for request in requests[Signal.PROFILES]:
            links = ProfilesData.FromString(request).dictionary.link_table
            assert {(link.trace_id, link.span_id) for link in links[1:]} <= spans.keys()
            for profile in holders_of(Signal.PROFILES, request):
                begin = profile.time_unix_nano
                for sample in profile.samples:
                    if not sample.link_index:
                        continue
                    link = links[sample.link_index]
                    span = spans[link.trace_id, link.span_id]
                    times = sample.timestamps_unix_nano
                    assert span.start_time_unix_nano <= min(times)
                    assert max(times) <= span.end_time_unix_nano
                    linked += 1
                    inside += begin <= min(times) <= max(times) < begin + profile.duration_nano
        assert linked > 1_000
        # What an instance names first may be sent a little later than its first profile.
        assert inside > 0.9 * linked
