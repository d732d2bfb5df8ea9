"""Takes samples of a run while it goes on, for whoever shows it or adds up several processes."""

import asyncio
import math
from dataclasses import replace

from telemetry_sender.results.sample import SAMPLE_SECONDS, Observer
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.workers import Pipeline


class Sampler:
    """Hands samples of a run that begins now to an observer."""

    def __init__(self, pipeline: Pipeline, observe: Observer) -> None:
        self._pipeline = pipeline
        self._observe = observe
        self._before = ProcessUsage.now()

    async def run(self) -> None:
        """Take a sample at every whole multiple of SAMPLE_SECONDS; raise what the observer does."""
        tick = 0
        while True:
            # One that a busy loop has missed is left out: the next one says as much.
            tick = max(tick + 1, math.ceil(self._pipeline.elapsed / SAMPLE_SECONDS))
            await asyncio.sleep(tick * SAMPLE_SECONDS - self._pipeline.elapsed)
            self.take(tick * SAMPLE_SECONDS)

    def take(self, elapsed_seconds: float) -> None:
        """Take the sample of this moment, in seconds since the run's start."""
        usage = ProcessUsage.now().since(self._before)
        due = self._pipeline.pacers.due(min(elapsed_seconds, self._pipeline.duration))
        stats = self._pipeline.stats
        planned = sum(self._pipeline.feed.planned(signal) for signal in stats.signals)
        sample = stats.sample(
            elapsed_seconds,
            due=due,
            usage=usage,
            planned=planned if math.isfinite(planned) else None,
        )
        self._observe(replace(sample, outage=self._pipeline.courier.availability.outage()))
