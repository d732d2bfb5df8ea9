"""What of a run waits for an endpoint that is down."""

from collections.abc import Iterable
from dataclasses import dataclass

from telemetry_common.signals import Signal


@dataclass(frozen=True, slots=True)
class Outage:
    """Signals whose endpoint is down at one moment, `since` seconds on the run's clock."""

    since: float
    signals: frozenset[Signal]
    waiting: int
    """Requests that wait for it."""


def merge_outages(outages: Iterable[Outage | None]) -> Outage | None:
    """Return what waits in several processes together; None when nothing does."""
    found = [outage for outage in outages if outage is not None]
    if not found:
        return None
    return Outage(
        since=min(outage.since for outage in found),
        signals=frozenset[Signal]().union(*(outage.signals for outage in found)),
        waiting=sum(outage.waiting for outage in found),
    )
