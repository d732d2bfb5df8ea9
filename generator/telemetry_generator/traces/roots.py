"""Requests out of the ordinary: giants, and those whose root is missing or late."""

from typing import NamedTuple

from telemetry_common.ids import U64
from telemetry_generator.config.traces import HighSpanTracesConfig, RootConfig
from telemetry_generator.draws import I64, Bools, below, draw
from telemetry_generator.traces.purposes import Draw

_MILLION = 1_000_000


class UnusualRoots(NamedTuple):
    """Which requests have no root of their own, and which a late one; shape (requests,)."""

    is_rootless: Bools
    is_late: Bools


def unusual_roots(config: RootConfig, keys: U64) -> UnusualRoots:
    """Choose requests by their keys; none is both rootless and late."""
    place = below(draw(keys, Draw.UNUSUAL), _MILLION)
    is_rootless = place < config.rootless_per_million
    is_late = place < config.rootless_per_million + config.late_per_million
    return UnusualRoots(is_rootless, is_late & ~is_rootless)


def are_giants(config: HighSpanTracesConfig, numbers: I64, requests: int) -> Bools:
    """Return which requests are giants: exactly `count`, spread evenly over all `requests`."""
    giants = config.count if config.enabled else 0
    before = (numbers * giants + requests // 2) // requests
    after = ((numbers + 1) * giants + requests // 2) // requests
    are: Bools = after > before
    return are
