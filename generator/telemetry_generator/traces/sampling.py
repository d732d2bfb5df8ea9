"""Sampling: what a head sampler has decided on each trace, by random bits of the trace."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.span_content import SamplingConfig
from telemetry_generator.draws import Bools, draw
from telemetry_generator.semantics.sampling import RANDOM_BITS, threshold
from telemetry_generator.traces.purposes import Draw


def randomness(roots: U64) -> U64:
    """Return the random bits of each trace, by the key of its root."""
    return draw(roots, Draw.SAMPLING) >> np.uint64(64 - RANDOM_BITS)


def is_sampled(config: SamplingConfig | None, bits: U64) -> Bools:
    """Return which traces are sampled: all of them without a sampler."""
    rejected = 0 if config is None else threshold(config.percentage)
    sampled: Bools = bits >= np.uint64(rejected)
    return sampled
