"""Sends at full speed for a while and says whether memory and rate stay flat: `make soak`.

One sender, all signals, into a discarding receiver on the same machine. The first fifth of the run
is its warm-up. Exits with 1 when memory grows by more than 16 MB behind it, or when the rate of the
last third differs by more than a quarter from that of the third before: machines here are shared.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bench.sender_process import send
from bench.sets import BenchSets
from integration.processes import receiver
from telemetry_common.signals import Signal
from telemetry_common.units import format_duration, format_rate, format_size, parse_duration

_MOST_GROWTH_BYTES = 16 << 20
_MOST_DIFFERENCE = 0.25


def soak(seconds: float) -> dict[str, Any]:
    """Send at full speed; return the sender's report."""
    with tempfile.TemporaryDirectory() as folder, receiver(Path(folder), "--discard") as peer:
        return send(
            BenchSets(Path(folder)).medium(Signal.TRACES, Signal.METRICS, Signal.LOGS),
            peer.address,
            sending__rate_limit__events_per_second=0,
            sending__duration=seconds,
        )


def growth_bytes(series: Mapping[str, Any]) -> int:
    """Return by how much the largest resident memory grew behind the warm-up."""
    resident: Sequence[int] = series["max_rss_bytes"]
    return resident[-1] - resident[len(resident) // 5]


def rates(series: Mapping[str, Any]) -> tuple[float, float]:
    """Return the median rate of the middle third and of the last, in events per second."""
    acked: Sequence[float] = series["acked_events_per_second"]
    third = len(acked) // 3
    return statistics.median(acked[third : 2 * third]), statistics.median(acked[2 * third :])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak; print what was seen and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--duration", default="2m", help="how long to send (default: 2m)")
    seconds = parse_duration(parser.parse_args(arguments).duration)
    report = soak(seconds)
    series, totals = report["series"], report["totals"]
    growth, (before, after) = growth_bytes(series), rates(series)
    click.echo(f"sent {totals['acked']:,} events in {format_duration(seconds)}")
    click.echo(f"lost {totals['scheduled'] - totals['acked']:,}, errors {len(report['errors'])}")
    click.echo(f"rate {format_rate(before)}, then {format_rate(after)}")
    click.echo(f"memory {format_size(series['max_rss_bytes'][-1])}, {growth:+,} bytes")
    flat = growth <= _MOST_GROWTH_BYTES and abs(after / before - 1) <= _MOST_DIFFERENCE
    click.echo("flat" if flat else "not flat")
    return 0 if flat and totals["scheduled"] == totals["acked"] else 1


if __name__ == "__main__":
    sys.exit(main())
