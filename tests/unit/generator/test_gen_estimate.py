"""Estimates: what a set will come to, and the refusal of one that is too large."""

import pytest

from numbered_chunks import numbered
from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_generator.config.limits import LimitsConfig
from telemetry_generator.estimate import Estimate, Expected, check_limits, estimate

GIB = 1 << 30


def of_size(size: int) -> Estimate:
    return Estimate({Signal.TRACES: Expected(1, 1, size)})


def test_an_estimate_concludes_from_a_few_chunks_to_all() -> None:
    expected = estimate(numbered(chunks=500, chunk_bytes=1000))
    assert expected.signals[Signal.TRACES] == Expected(500, 5000, 500_000)
    assert expected.signals[Signal.LOGS] == Expected(3, 30, 3000)
    assert expected.bytes == 503_000


def test_the_memory_of_a_sender_covers_template_plan_and_buffers() -> None:
    assert of_size(4 * GIB).sender_bytes == 5 * GIB + (100 << 20)


def test_a_set_beyond_the_limit_is_refused_with_what_to_change() -> None:
    check_limits(of_size(7 * GIB), LimitsConfig())
    with pytest.raises(UsageError, match=r"12\.6 GB of memory, more than 10 GB; lower the counts"):
        check_limits(of_size(10 * GIB), LimitsConfig())


def test_whoever_says_so_gets_any_size() -> None:
    check_limits(of_size(1000 * GIB), LimitsConfig(allow_unbounded=True))
