"""Placing: a request stands anywhere in the horizon; one that is longer is squeezed into it."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below_wide, draw
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.runs import Runs
from telemetry_generator.traces.timing import Times


def place(times: Times, requests: Runs, keys: U64, horizon_nanos: int) -> Times:
    """Return template times, from times since each request's begin, request by request."""
    longest = requests.largest(times.end)
    limit = horizon_nanos - 1
    if (longest > limit).any():
        rows = requests.each(longest)
        times = Times(_squeezed(times.start, rows, limit), _squeezed(times.end, rows, limit))
        longest = np.minimum(longest, limit)
    base = requests.each(1 + below_wide(draw(keys, Draw.BASE), horizon_nanos - longest))
    return Times(base + times.start, base + times.end)


def _squeezed(times: I64, longest: I64, limit: int) -> I64:
    """Scale times so that `longest` becomes `limit` where it is above; their order stays.

    Products and quotients of doubles are the same on every processor.
    """
    scale = np.minimum(limit / longest, 1.0)
    scaled = np.floor(times * scale).astype(np.int64)
    return np.where(longest > limit, np.minimum(scaled, limit), times)
