"""Series churn: part of the series end within the set, and others take their places."""

from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.metrics import ChurnConfig
from telemetry_generator.draws import I64, below, draw
from telemetry_generator.metrics.series import FOREVER

_MILLION = 1_000_000
_ROUNDING = 3  # purpose of a draw


class Life(NamedTuple):
    """Which part of the horizon each of n series lives in; columns of shape (n,)."""

    ordinal: I64
    """The series that it is, or that it follows: those that follow each other share it."""
    generation: I64
    """Part of the horizon, or FOREVER."""


def churned(ordinals: I64, counts: I64, emitters: U64, config: ChurnConfig | None) -> Life:
    """Return the life of each series, its emitter's number `ordinal` of `count`.

    The last series of an emitter are churned: as many as the configured share says, the fraction
    being rounded up or down at random by the emitter's key. Each `generations` of them are one
    series that keeps its attributes, but for the id, while pods come and go.
    """
    if config is None:
        return Life(ordinals, np.full(len(ordinals), FOREVER))
    share = round(config.percentage * _MILLION / 100)
    rounding = below(draw(emitters, _ROUNDING), _MILLION)
    steady = counts - (counts * share + rounding) // _MILLION
    later, generation = np.divmod(ordinals - steady, config.generations)
    lasts = ordinals < steady
    return Life(np.where(lasts, ordinals, steady + later), np.where(lasts, FOREVER, generation))
