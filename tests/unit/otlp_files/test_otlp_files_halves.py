"""A request that turned out to be too long is divided without being stamped anew."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core_support import (
    COMMITTED,
    START,
    blocks_of,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.otlp_files.halves import halves, taken
from template_files import template_of

NO_LIMIT = Limits(1 << 30, 1 << 30)
OWN_IDS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)
"""Signals whose ids do not tell how a block was cut."""


@pytest.mark.parametrize("signal", OWN_IDS)
@examples(60)
@given(rng=sources, batch=st.integers(1, 30))
def test_a_half_is_what_it_would_be_if_it_were_stamped_by_itself(
    signal: Signal, rng: Random, batch: int
) -> None:
    """In unusual encodings too."""
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), files)
        plan = templates[signal].plan
        blocks = [each for each in blocks_of(plan, Limits(batch, 1 << 22)) if each.events > 1]
        assume(blocks)
        for block in blocks:
            stamped = bytes(stampers_of(templates)[signal].stamp(block, 0, START))
            for half in halves(plan, block):
                alone = stampers_of(templates)[signal].stamp(half, 0, START)
                assert taken(half, block, stamped) == alone


@pytest.mark.parametrize("signal", list(Signal))
def test_two_halves_hold_all_events_in_their_order(signal: Signal, tmp_path: Path) -> None:
    data = committed_data(Signal)
    plan = template_of(tmp_path, data)[signal].plan
    for block in blocks_of(plan, Limits(7, 1 << 22)):
        if block.events > 1:
            first, second = halves(plan, block)
            assert (first.first, first.last, second.last) == (
                block.first,
                second.first,
                block.last,
            )
            assert first.events > 0 < second.events


def test_a_trace_stays_whole_where_a_block_has_several(tmp_path: Path) -> None:
    data = {Signal.TRACES: (COMMITTED / "small-traces.pb").read_bytes()}
    plan = template_of(tmp_path, data)[Signal.TRACES].plan
    (whole,) = blocks_of(plan, NO_LIMIT)
    first, _ = halves(plan, whole)
    assert first.last in plan.unit_first
