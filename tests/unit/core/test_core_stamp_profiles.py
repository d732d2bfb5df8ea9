"""When profiles happened: they end as they are sent, and their samples lie in the spans named."""

from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

from core_support import (
    COMMITTED,
    SECOND,
    START,
    blocks_of,
    examples,
    planned,
    stampers_of,
    templates_of,
)
from otlp_events import holders_of
from otlp_profiles import profiles_naming
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template

HOUR = 3_600 * SECOND


@cache
def templates() -> dict[Signal, Template]:
    """Return the committed traces and profiles of every tenth span, four spans a profile."""
    traces = (COMMITTED / "small-traces.pb").read_bytes()
    spans = holders_of(Signal.TRACES, traces)[::10]
    profiles = profiles_naming(spans).SerializeToString()
    return templates_of({Signal.TRACES: traces, Signal.PROFILES: profiles})


def sent(pass_number: int, batch: int, **timing: int) -> dict[Signal, list[bytes]]:
    """Return the requests of a pass: a block of profiles, then one of traces, and so on."""
    stampers = stampers_of(templates(), **timing)
    blocks = {
        Signal.PROFILES: blocks_of(templates()[Signal.PROFILES].plan, Limits(batch, 1 << 22)),
        Signal.TRACES: blocks_of(templates()[Signal.TRACES].plan, Limits(3, 1 << 22)),
    }
    return {
        signal: [
            stampers[signal].stamp(block, pass_number, START + block.index * SECOND)
            for block in of_signal
        ]
        for signal, of_signal in blocks.items()
    }


@examples(20)
@given(batch=st.integers(1, 40), pass_number=st.integers(0, 3), jitter=st.sampled_from([0, 10**8]))
def test_samples_lie_in_the_spans_that_they_name(batch: int, pass_number: int, jitter: int) -> None:
    """Whole profiles or cut ones, of several traces: ids name spans of the pass, times fit."""
    requests = sent(pass_number, batch, jitter=jitter)
    spans = {
        (span.trace_id, span.span_id): span
        for request in requests[Signal.TRACES]
        for span in holders_of(Signal.TRACES, request)
    }
    compared = 0
    for request in requests[Signal.PROFILES]:
        links = ProfilesData.FromString(request).dictionary.link_table
        for sample in samples_of(request):
            if sample.link_index:
                link = links[sample.link_index]
                span = spans[link.trace_id, link.span_id]
                ends = [span.start_time_unix_nano, span.end_time_unix_nano]
                assert list(sample.timestamps_unix_nano) == ends
                compared += 1
    profiles = ProfilesData.FromString(templates()[Signal.PROFILES].data[:])
    assert compared == len(profiles.dictionary.link_table) - 1


def samples_of(request: bytes) -> list[Any]:
    return [each for profile in holders_of(Signal.PROFILES, request) for each in profile.samples]


@pytest.mark.parametrize("backdate", [0, HOUR])
def test_a_profile_ends_when_it_is_sent_and_covers_the_samples_sent_with_it(
    backdate: int,
) -> None:
    """Jitter moves traces back, never out of the profile; a sample without a link moves with it."""
    requests = sent(1, 10, backdate=backdate, jitter=1)[Signal.PROFILES]
    for index, request in enumerate(requests):
        for profile in holders_of(Signal.PROFILES, request):
            start = profile.time_unix_nano
            end = start + profile.duration_nano
            assert end == START + index * SECOND - backdate
            times = [t for each in profile.samples for t in each.timestamps_unix_nano]
            assert max(times) < end
            if not profile.samples[-1].link_index:
                assert list(profile.samples[-1].timestamps_unix_nano) == [start]


def test_a_dictionary_over_the_message_limit_is_named_in_the_error() -> None:
    """Every request repeats it, so no batch size helps."""
    template = templates()[Signal.PROFILES]
    size = ProfilesData.FromString(template.data[:]).dictionary.ByteSize()
    with pytest.raises(TemplateError) as caught:
        blocks_of(template.plan, Limits(10, size))
    assert caught.value.place == "otlp.max_message_size"
    assert "of the samples, with the dictionary of " in caught.value.problem
    assert f"the limit of {size:,}" in caught.value.problem


def test_the_dictionary_counts_towards_the_message_limit() -> None:
    """Whatever the limit, from one sample a request to the whole file in one."""
    template = templates()[Signal.PROFILES]
    least = template.plan.size // 2
    for max_bytes in range(least, template.plan.size + 1, 97):
        blocks = blocks_of(template.plan, Limits(1_000, max_bytes))
        assert max(block.size for block in blocks) <= max_bytes
    assert len(blocks) >= 1


@pytest.mark.parametrize("first", [True, False])
def test_every_request_repeats_the_dictionary_wherever_it_stands(
    first: bool,
) -> None:
    """Before the resources or behind them, in one piece or in several."""
    whole = ProfilesData.FromString(templates()[Signal.PROFILES].data[:])
    dictionary = ProfilesData(dictionary=whole.dictionary).SerializeToString()
    rest = ProfilesData(resource_profiles=whole.resource_profiles).SerializeToString()
    file = dictionary + rest if first else rest + dictionary
    template = templates_of({Signal.PROFILES: file})[Signal.PROFILES]
    stamper = stampers_of({Signal.PROFILES: template})[Signal.PROFILES]
    for block in blocks_of(planned(file, Signal.PROFILES), Limits(7, 1 << 22)):
        found = ProfilesData.FromString(stamper.stamp(block, 0, START)).dictionary
        assert len(found.link_table) == len(whole.dictionary.link_table)
        found.ClearField("link_table")
        expected = type(found).FromString(whole.dictionary.SerializeToString())
        expected.ClearField("link_table")
        assert found == expected
