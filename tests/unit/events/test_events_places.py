"""Every value that a stamper may change is told with its place, and events come as planned."""

import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    block_bytes,
    blocks_of,
    encoded_sample,
    examples,
    planned,
    sources,
)
from event_reference import expected, said, spots_of
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.events.model import Spot
from telemetry_sender.events.reader import EventReader
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.slot_offsets import slot_offsets

WORDS = {
    SlotKind.TIME: "<Q",
    SlotKind.UNSIGNED: "<Q",
    SlotKind.SIGNED: "<q",
    SlotKind.REAL: "<d",
}


def wire_form(spot: Spot) -> bytes:
    if isinstance(spot.value, bytes):
        return spot.value
    return struct.pack(WORDS[spot.kind], spot.value)


def begins_there(spot: Spot, data: bytes) -> bool:
    raw = wire_form(spot)
    held = data[spot.at : spot.at + len(raw)]
    if isinstance(spot.value, float) and spot.value != spot.value:
        (number,) = struct.unpack("<d", held)
        return bool(number != number)
    return raw == held


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(60)
@given(rng=sources)
def test_a_spot_begins_where_its_value_stands(signal: Signal, rng: Random) -> None:
    """It is a slot where the caller says so, and nowhere else."""
    data = encoded_sample(rng, signal)
    slots = {at for at in range(len(data)) if rng.random() < 0.5}
    for event in EventReader(signal).read(data, slots):
        for spot in spots_of(event):
            assert begins_there(spot, data)
            assert spot.is_slot == (spot.at in slots)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(60)
@given(rng=sources, batch=st.integers(1, 7))
def test_blocks_hold_the_events_and_the_slots_of_the_plan(
    signal: Signal, rng: Random, batch: int
) -> None:
    """As many, in the same order; and every slot of the plan is a spot of some event."""
    data = encoded_sample(rng, signal)
    assert_as_planned(signal, data, batch)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_blocks_of_the_committed_set_hold_the_events_of_the_plan(signal: Signal) -> None:
    assert_as_planned(signal, (COMMITTED / f"small-{signal}.pb").read_bytes(), 50)


def assert_as_planned(signal: Signal, data: bytes, batch: int) -> None:
    plan = planned(data, signal)
    reader, told = EventReader(signal), []
    for block in blocks_of(plan, Limits(batch=batch, max_bytes=1 << 22)):
        request, slots = block_bytes(block, data), slot_offsets(plan, block)
        events = list(reader.read(request, slots))
        assert len(events) == block.last - block.first
        spots = [spot for event in events for spot in spots_of(event) if spot.is_slot]
        halves = {spot.at + 8 for spot in spots if spot.kind is SlotKind.WIDE_ID}
        assert {spot.at for spot in spots} <= slots <= {spot.at for spot in spots} | halves
        told += [said(event) for event in events]
    assert told == expected(signal, data)


def test_kinds_tell_what_a_value_is() -> None:
    """Also of ids that are too short or too long: the field decides."""
    record = b"\x4a\x02\1\2" + b"\x52\x09" + b"3" * 9
    data = bytes([10, len(record) + 4, 18, len(record) + 2, 18, len(record)]) + record
    (log,) = EventReader(Signal.LOGS).read(data)
    kinds = {(spot.kind, spot.value) for spot in spots_of(log)}
    assert kinds == {(SlotKind.WIDE_ID, b"\1\2"), (SlotKind.ID, b"3" * 9)}
