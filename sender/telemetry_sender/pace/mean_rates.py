"""A load as a row of numbers, to be looked at."""

from itertools import pairwise

from telemetry_sender.pace.shape import LoadShape


def mean_rates(load: LoadShape, seconds: float, parts: int) -> list[float]:
    """Return the mean rate, in events per second, of each equal part of the first `seconds`."""
    each = seconds / parts
    events = [load.events(number * each) for number in range(parts + 1)]
    return [(after - before) / each for before, after in pairwise(events)]
