"""A file stamped block by block is the file stamped as one, as far as a receiver can tell."""

import hashlib
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    SECOND,
    START,
    blocks_of,
    encoded_sample,
    examples,
    late_roots_file,
    sources,
    stampers_of,
    templates_of,
)
from otlp_events import Surrounded, holders_of, surrounded_events
from telemetry_common.planning.cut import Block, Limits, cut_events
from telemetry_common.signals import Signal
from telemetry_common.template import Template

SMALL = Limits(batch=3, max_bytes=6000)
# Of the committed set, stamped as below. If this changes on purpose, say why in the changelog:
# users compare runs of different versions by it.
FINGERPRINT = "40d657653174dd93edfbd5f7ee5a9a44143af95a29af69b0b3339391591d01c9"


def committed() -> dict[Signal, Template]:
    data = {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in COMMITTED_SIGNALS}
    return templates_of(data)


def whole(template: Template) -> Block:
    return cut_events(template.plan, 0, 0, template.plan.events)


@pytest.mark.parametrize("signal", list(Signal))
@examples(60)
@given(rng=sources, jitter=st.sampled_from([0, 10**8]), pass_number=st.integers(0, 50))
def test_blocks_stamped_at_one_instant_are_the_file_stamped_as_one_block(
    signal: Signal, rng: Random, jitter: int, pass_number: int
) -> None:
    """Ids, times and values are equal, with references into the traces of the set.

    Only the parts of a profile that was cut have ids of their own.
    """
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    templates = templates_of(files)
    together = stampers_of(templates, jitter=jitter)[signal]
    apart = stampers_of(templates, jitter=jitter)[signal]
    blocks = blocks_of(templates[signal].plan, Limits(2, 1 << 22, max_events=3))
    rng.shuffle(blocks)
    stamped = {block.index: apart.stamp(block, pass_number, START) for block in blocks}
    found = [event for index in sorted(stamped) for event in events_of(signal, stamped[index])]
    file = together.stamp(whole(templates[signal]), pass_number, START)
    assert found == events_of(signal, file)


def events_of(signal: Signal, data: bytes) -> list[Surrounded]:
    """Return the events without the ids of the profiles around them."""
    if signal is Signal.PROFILES:
        root = ProfilesData.FromString(data)
        for scope in (scope for each in root.resource_profiles for scope in each.scope_profiles):
            for profile in scope.profiles:
                profile.ClearField("profile_id")
        data = root.SerializeToString()
    return surrounded_events(signal, data)


@examples(60)
@given(rng=sources, data=st.data())
def test_profiles_and_the_parts_of_cut_ones_have_ids_of_their_own(
    rng: Random, data: st.DataObject
) -> None:
    """However a file is cut, no id comes twice in a run, and a whole profile keeps its own."""
    file = encoded_sample(rng, Signal.PROFILES)
    template = templates_of({Signal.PROFILES: file})[Signal.PROFILES]
    stamper = stampers_of({Signal.PROFILES: template})[Signal.PROFILES]
    blocks = blocks_of(template.plan, Limits(data.draw(st.integers(1, 5)), 1 << 22))
    sent: list[bytes] = []
    for pass_number in range(3):
        together = valid_profile_ids(stamper.stamp(whole(template), pass_number, START))
        apart = [stamper.stamp(block, pass_number, START) for block in blocks]
        sent += [each for stamped in apart for each in valid_profile_ids(stamped)]
        assert set(together) <= set(sent)
    assert len(set(sent)) == len(sent)


def valid_profile_ids(data: bytes) -> list[bytes]:
    """Return the ids of the profiles that have samples."""
    profiles = [each for each in holders_of(Signal.PROFILES, data) if each.samples]
    return [each.profile_id for each in profiles if is_valid(each.profile_id)]


def is_valid(profile_id: bytes) -> bool:
    return len(profile_id) == 16 and any(profile_id)


@pytest.mark.parametrize("ahead", [0, 1, 2, 3])
def test_a_trace_in_several_blocks_keeps_its_id_and_its_shape(ahead: int) -> None:
    """Sent seconds apart, while other signals are passes ahead: one id, one shift of all times."""
    templates = committed()
    template = templates[Signal.TRACES]
    blocks = blocks_of(template.plan, Limits(1, 1 << 22, max_events=2))
    stampers = stampers_of(templates, jitter=10**8)
    sent: list[Any] = []
    for block in blocks:
        now = START + block.index * SECOND
        sent += holders_of(Signal.TRACES, stampers[Signal.TRACES].stamp(block, 0, now))
        stampers[Signal.LOGS].stamp(whole(templates[Signal.LOGS]), ahead, now)
    shifts: dict[bytes, set[tuple[bytes, int]]] = {}
    for before, after in zip(holders_of(Signal.TRACES, template.data[:]), sent, strict=True):
        for name in ("start_time_unix_nano", "end_time_unix_nano"):
            shift = getattr(after, name) - getattr(before, name)
            shifts.setdefault(before.trace_id, set()).add((after.trace_id, shift))
    assert len(blocks) > template.plan.traces
    assert [len(each) for each in shifts.values()] == [1] * template.plan.traces


@pytest.mark.parametrize("jitter", [0, 100_000_000, 3_600 * SECOND])
def test_children_lie_inside_their_parents_after_stamping(jitter: int) -> None:
    """Over three passes, blocks at different times, for all spans whose parent is in the set."""
    template = committed()[Signal.TRACES]
    stamper = stampers_of({Signal.TRACES: template}, jitter=jitter)[Signal.TRACES]
    compared = 0
    for pass_number in range(3):
        stamped = [
            stamper.stamp(block, pass_number, START + (10 * pass_number + block.index) * SECOND)
            for block in blocks_of(template.plan, SMALL)
        ]
        spans = [span for block in stamped for span in holders_of(Signal.TRACES, block)]
        by_id = {(span.trace_id, span.span_id): span for span in spans}
        for span in spans:
            parent = by_id.get((span.trace_id, span.parent_span_id))
            if parent:
                assert parent.start_time_unix_nano <= span.start_time_unix_nano
                assert span.start_time_unix_nano <= span.end_time_unix_nano
                assert span.end_time_unix_nano <= parent.end_time_unix_nano
                compared += 1
    assert compared > 3 * 100


@examples(60)
@given(
    spans=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    group=st.integers(1, 12), batch=st.integers(1, 4), pass_number=st.integers(0, 9),
)  # fmt: skip
def test_a_root_that_comes_later_belongs_to_its_trace(
    spans: list[int], group: int, batch: int, pass_number: int
) -> None:
    """Sent seconds after its children, it has their trace id, is their parent, and spans them."""
    template = templates_of({Signal.TRACES: late_roots_file(spans, group)})[Signal.TRACES]
    stamper = stampers_of({Signal.TRACES: template}, jitter=10**8)[Signal.TRACES]
    sent: list[Any] = []
    for block in blocks_of(template.plan, Limits(batch, 1 << 22)):
        now = START + (100 * pass_number + block.index) * SECOND
        sent += holders_of(Signal.TRACES, stamper.stamp(block, pass_number, now))
    roots = {span.trace_id: span for span in sent if not span.parent_span_id}
    assert len(roots) == len(spans)
    assert len({span.span_id for span in sent}) == len(sent) == sum(spans)
    for child in (span for span in sent if span.parent_span_id):
        root = roots[child.trace_id]
        assert child.parent_span_id == root.span_id
        assert root.start_time_unix_nano <= child.start_time_unix_nano
        assert child.end_time_unix_nano <= root.end_time_unix_nano


def fingerprint(templates: Mapping[Signal, Template]) -> str:
    """Return the hash of three passes, sent at fixed times."""
    stampers = stampers_of(templates, seed=2026, jitter=10**8, backdate=60 * SECOND)
    digest = hashlib.sha256()
    for pass_number in range(3):
        for signal, template in templates.items():
            for block in blocks_of(template.plan, Limits(20, 1 << 16)):
                now = START + (100 * pass_number + block.index) * SECOND
                digest.update(stampers[signal].stamp(block, pass_number, now))
    return digest.hexdigest()


def test_a_run_with_a_seed_has_the_committed_fingerprint() -> None:
    """The same bytes on every machine and in every version."""
    assert fingerprint(committed()) == FINGERPRINT


def test_more_blocks_than_are_kept_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a very large set only the places in its first blocks are kept from pass to pass."""
    monkeypatch.setattr("telemetry_sender.stamping.stamp._BLOCKS_KEPT", 2)
    assert fingerprint(committed()) == FINGERPRINT


def test_another_seed_gives_other_bytes() -> None:
    templates = committed()
    block = whole(templates[Signal.LOGS])
    one, same, other = (
        stampers_of(templates, seed=seed)[Signal.LOGS].stamp(block, 0, START) for seed in (1, 1, 2)
    )
    assert one == same != other


def test_stamping_leaves_the_template_as_it_is() -> None:
    templates = committed()
    before = {signal: bytes(template.data[:]) for signal, template in templates.items()}
    fingerprint(templates)
    assert {signal: bytes(each.data[:]) for signal, each in templates.items()} == before
