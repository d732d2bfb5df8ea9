"""Adds up the samples of several processes, moment by moment, however late each of them comes."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from telemetry_sender.results.latency import Latencies
from telemetry_sender.results.sample import SAMPLE_SECONDS, Sample, merge_samples

# Seconds that the others wait for a process that says nothing; then its last word counts.
_PATIENCE = 2.0


class SampleCombiner:
    """Samples of the whole run, from those of its processes `0` to `count - 1`."""

    def __init__(self, count: int) -> None:
        self._running = set(range(count))
        self._heard = [0.0] * count
        self._last: dict[int, Sample] = {}
        self._waiting: list[deque[Sample]] = [deque() for _ in range(count)]
        self._tick = 1

    def add(self, number: int, sample: Sample) -> Iterator[Sample]:
        """Take a sample of a process; yield those of the run that are complete with it."""
        self._waiting[number].append(sample)
        self._heard[number] = sample.elapsed_seconds
        yield from self._complete()

    def ended(self, number: int) -> Iterator[Sample]:
        """Expect nothing more of a process; yield likewise, and last the sample of the end."""
        self._running.discard(number)
        yield from self._complete()
        if not self._running and any(self._waiting):
            yield self._merged(max(each[-1].elapsed_seconds for each in self._waiting if each))

    def _complete(self) -> Iterator[Sample]:
        while (moment := self._tick * SAMPLE_SECONDS) <= self._reached():
            self._tick += 1
            if any(each and each[0].elapsed_seconds <= moment for each in self._waiting):
                yield self._merged(moment)

    def _reached(self) -> float:
        """Return up to when all processes that run have spoken, or have been waited for."""
        if not self._running:
            return 0.0
        slowest = min(self._heard[number] for number in self._running)
        return max(slowest, max(self._heard) - _PATIENCE)

    def _merged(self, moment: float) -> Sample:
        for number, waiting in enumerate(self._waiting):
            self._last |= _folded(number, waiting, moment, self._last)
        return replace(merge_samples(list(self._last.values())), elapsed_seconds=moment)


def _folded(
    number: int, waiting: deque[Sample], moment: float, before: dict[int, Sample]
) -> dict[int, Sample]:
    """Take the samples up to `moment` out and return them as one; the last one again for none."""
    latencies, newest = Latencies(), before.get(number)
    while waiting and waiting[0].elapsed_seconds <= moment:
        newest = waiting.popleft()
        latencies.add(newest.latencies)
    return {} if newest is None else {number: replace(newest, latencies=latencies)}
