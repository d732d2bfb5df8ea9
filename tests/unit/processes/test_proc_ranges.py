"""Replaying a part of a set."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import examples
from replays import committed_templates
from sender_results import make_config
from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.sending.cutting import cut_bounds
from telemetry_sender.sending.ranges import in_range

TEMPLATES = committed_templates()
PLANS = {signal: template.plan for signal, template in TEMPLATES.items()}
BOUNDS = cut_bounds(make_config(sending={"batch_size": {"traces": 4, "logs": 13}}), TEMPLATES)


def test_the_whole_range_is_the_whole_set() -> None:
    assert in_range(PLANS, BOUNDS, (0.0, 1.0)) is BOUNDS


@given(cuts=st.lists(st.floats(0.1, 0.9), min_size=1, max_size=4))
@examples(50)
def test_neighbouring_ranges_together_are_the_set(cuts: list[float]) -> None:
    """Every event lies in exactly one of them, and blocks stay as large as a request may be."""
    ends = [0.0, *sorted(round(cut, 1) for cut in cuts), 1.0]
    parts = [in_range(PLANS, BOUNDS, pair) for pair in pairwise(ends) if pair[0] < pair[1]]
    for signal, plan in PLANS.items():
        edges = [int(part[signal][0]) for part in parts] + [plan.events]
        assert edges[0] == 0
        assert [int(part[signal][-1]) for part in parts] == edges[1:]
        for part in parts:
            assert set(part[signal].tolist()) <= set(plan.unit_first.tolist())
            assert np.all(np.diff(part[signal]) <= np.diff(BOUNDS[signal]).max())


@pytest.mark.parametrize("signal", [Signal.TRACES, Signal.LOGS, Signal.METRICS])
def test_a_range_has_about_its_share_of_every_signal(signal: Signal) -> None:
    part = in_range(PLANS, BOUNDS, (0.25, 0.5))[signal]
    share = int(part[-1] - part[0]) / PLANS[signal].events
    assert share == pytest.approx(0.25, abs=0.08)


def test_a_range_without_a_whole_unit_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"input\.range: holds no whole trace"):
        in_range(PLANS, BOUNDS, (0.0, 0.001))
