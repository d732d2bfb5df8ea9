"""Histogram points whose count, sum, minimum and maximum agree with their buckets.

Bucket counts and sums are whole numbers until the last division, so they come out the same on
every machine: a sum of floats depends on the order in which a processor adds them.
"""

import bisect

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, derive_key
from telemetry_generator.keyed import below, words
from telemetry_generator.metrics.catalogue import MetricDefinition
from telemetry_generator.metrics.points import Exemplar, HistogramPoint

_MILLION = 1_000_000
_WIDTH = 5  # buckets on each side of the centre that get observations
_PARTS = 1000

I64 = NDArray[np.int64]


def histogram_points(definition: MetricDefinition, count: int, seed: int) -> list[HistogramPoint]:
    """Return `count` points, the observations heaped around a bucket that differs by series."""
    key = derive_key(seed, "value", definition.name)
    totals = int(definition.low) + _below(
        words(key, count), int(definition.high - definition.low) + 1
    )
    buckets = _buckets(totals, len(definition.bounds) + 1, words(key, count, count))
    edges = _edges(definition.bounds)
    sums = buckets @ ((edges[:-1] + edges[1:]) // 2)
    near, far = (_below(words(key, count, turn * count), 300) for turn in (2, 3))
    filled = buckets > 0
    first = filled.argmax(axis=1)
    last = filled.shape[1] - 1 - filled[:, ::-1].argmax(axis=1)
    return [
        HistogramPoint(*values)
        for values in zip(
            totals.tolist(),
            (sums / _MILLION).tolist(),
            (_within(edges, first, 100 + near) / _MILLION).tolist(),
            (_within(edges, last, 600 + far) / _MILLION).tolist(),
            buckets.tolist(),
            strict=True,
        )
    ]


def add_exemplar(point: HistogramPoint, bounds: tuple[float, ...], exemplar: Exemplar) -> None:
    """Count the exemplar's measurement as one more observation, and attach it."""
    point.buckets[bisect.bisect_left(bounds, exemplar.value)] += 1
    point.count += 1
    point.sum += exemplar.value
    point.min = min(point.min, exemplar.value)
    point.max = max(point.max, exemplar.value)
    point.exemplars.append(exemplar)


def _below(draws: U64, limit: int) -> I64:
    return below(draws, limit).astype(np.int64)


def _buckets(totals: I64, buckets: int, draws: U64) -> I64:
    """Share each total out by a bell around a centre; shape (series, buckets)."""
    centres = 1 + _below(draws, buckets - 2)
    distances = np.abs(np.arange(buckets) - centres[:, None])
    weights = np.clip(_WIDTH - distances, 0, None) ** 3
    shared: I64 = totals[:, None] * weights // weights.sum(axis=1, keepdims=True)
    shared[np.arange(len(totals)), centres] += totals - shared.sum(axis=1)
    return shared


def _edges(bounds: tuple[float, ...]) -> I64:
    """Return the ends of all buckets in millionths; the open one ends at twice its bound."""
    return np.array([0, *(round(bound * _MILLION) for bound in (*bounds, 2 * bounds[-1]))])


def _within(edges: I64, buckets: I64, parts: I64) -> I64:
    """Return the value that lies so many thousandths into its bucket."""
    return edges[buckets] + (edges[buckets + 1] - edges[buckets]) * parts // _PARTS
