"""A load as a line of block characters."""

from itertools import pairwise

from telemetry_sender.pace.shape import LoadShape

_BLOCKS = "▁▂▃▄▅▆▇█"


def mean_rates(load: LoadShape, seconds: float, parts: int) -> list[float]:
    """Return the mean rate of each of so many equal parts of the first `seconds`."""
    each = seconds / parts
    events = [load.events(number * each) for number in range(parts + 1)]
    return [(after - before) / each for before, after in pairwise(events)]


def sparkline(load: LoadShape, seconds: float, width: int) -> str:
    """Return `width` characters, as high as the mean rate of their time by the highest rate."""
    heights = [rate / load.highest for rate in mean_rates(load, seconds, width)]
    most = len(_BLOCKS) - 1
    return "".join(_BLOCKS[min(most, round(height * most))] for height in heights)
