"""Runs the workers of a replay, has it observed, and ends it in good order."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from telemetry_common.errors import RunError
from telemetry_common.interrupts import ENDING_SIGNALS
from telemetry_common.signals import Signal
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.results.result import Outcome
from telemetry_sender.results.sample import Observer
from telemetry_sender.sending.sampling import Sampler
from telemetry_sender.sending.workers import Pipeline

Tasks = set[asyncio.Task[Any]]
Listener = Callable[[Callable[[], None]], None]
"""Takes what is to be called whenever the run is told to stop."""


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Call `stop` at each Ctrl-C and SIGTERM."""
    for number in ENDING_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def supervise(
    pipeline: Pipeline,
    workers: Mapping[Signal, int],
    sending: SendingConfig,
    observe: Observer,
    on_stop: Listener = stop_on_signals,
) -> Outcome:
    """Run this many workers of each signal until the run ends; say why it ended.

    Requests in flight at the end get the grace period; a second signal cuts them off at once. The
    loop goes on to take signals until it closes: one more must not keep the sink from closing.
    """
    crew = _Crew.set_to_work(pipeline, workers)
    sampler = Sampler(pipeline, observe)
    observing = asyncio.create_task(_observed(sampler, pipeline))
    try:
        on_stop(lambda: _stop(pipeline, crew))
        end = await _send_all(pipeline, crew, sending)
        await _send_late(pipeline, crew, sending, end)
    finally:
        observing.cancel()
        await _cut_off(crew.everybody)
        pipeline.drop_deferred()
    _count_overdue(pipeline, min(end, pipeline.duration))
    with suppress(OSError, RunError):
        sampler.take(pipeline.elapsed)
    return _outcome(pipeline)


@dataclass(frozen=True, slots=True)
class _Crew:
    """The tasks of a run: those who take blocks, and those who send what was held back."""

    workers: Tasks
    late: Tasks

    @classmethod
    def set_to_work(cls, pipeline: Pipeline, workers: Mapping[Signal, int]) -> "_Crew":
        """Start all; of a signal with late blocks, half of its workers send those."""
        late = {signal: max(1, workers[signal] // 2) for signal in pipeline.feed.late_signals}
        at_work = {
            asyncio.create_task(pipeline.work(signal))
            for signal, count in workers.items()
            for _ in range(max(1, count - late.get(signal, 0)))
        }
        behind = {asyncio.create_task(pipeline.work_late()) for _ in range(sum(late.values()))}
        return cls(at_work, behind)

    @property
    def everybody(self) -> Tasks:
        """All tasks."""
        return self.workers | self.late


def _outcome(pipeline: Pipeline) -> Outcome:
    if pipeline.courier.availability.failure:
        return Outcome.FAILED
    return Outcome.INTERRUPTED if pipeline.stopping.is_set() else Outcome.COMPLETED


def _stop(pipeline: Pipeline, crew: _Crew) -> None:
    if pipeline.stopping.is_set():
        _cancel(crew.everybody)
    _wind_down(pipeline)


def _wind_down(pipeline: Pipeline) -> None:
    pipeline.stopping.set()
    pipeline.feed.stop()


async def _send_all(pipeline: Pipeline, crew: _Crew, sending: SendingConfig) -> float:
    """Wait until all blocks are taken or the run is to end, and for the requests in flight.

    Returns how many seconds into the run it was to end; requests in flight end later.
    """
    await _until_ended(pipeline, crew.workers, pipeline.duration, watched=crew.late)
    end = pipeline.elapsed
    await _finish(crew.workers, sending.grace_period)
    await _cut_off(crew.workers)
    return end


async def _send_late(pipeline: Pipeline, crew: _Crew, sending: SendingConfig, end: float) -> None:
    """Wait for what was held back, as long as it may take; the rest is dropped.

    A run that was stopped, at `end` or since, waits no longer than the grace period.
    """
    pipeline.deferred.close()
    if not pipeline.stopping.is_set():
        await _until_ended(pipeline, crew.late, pipeline.elapsed + sending.deferred.drain_timeout)
        end = pipeline.elapsed
    if pipeline.stopping.is_set():
        await _finish(crew.late, end + sending.grace_period - pipeline.elapsed)
    pipeline.drop_deferred()
    await _finish(crew.late, end + sending.grace_period - pipeline.elapsed)


async def _until_ended(
    pipeline: Pipeline, tasks: Tasks, limit: float, *, watched: Tasks | None = None
) -> None:
    """Wait until all tasks have ended, the run is stopped, or `limit` seconds into the run.

    Raises what one of them, or of the `watched` ones, raised.
    """
    stopping = asyncio.create_task(pipeline.stopping.wait())
    pending = set(tasks)
    watched = watched or set()
    try:
        while pending and not stopping.done() and (left := limit - pipeline.elapsed) > 0:
            done, _ = await asyncio.wait(
                {*pending, *watched, stopping},
                timeout=None if left == float("inf") else left,
                return_when=asyncio.FIRST_COMPLETED,
            )
            pending -= _checked(done)
    finally:
        stopping.cancel()


async def _finish(tasks: Tasks, seconds: float) -> None:
    """Give tasks some time to end; raise what one of them raised."""
    if tasks:
        done, _ = await asyncio.wait(tasks, timeout=max(0.0, seconds))
        _checked(done)


async def _cut_off(tasks: Tasks) -> None:
    _cancel(tasks)
    await asyncio.gather(*tasks, return_exceptions=True)


def _checked(done: Tasks) -> Tasks:
    for task in done:
        if not task.cancelled():
            task.result()
    return done


def _cancel(tasks: Tasks) -> None:
    for task in tasks:
        task.cancel()


async def _observed(sampler: Sampler, pipeline: Pipeline) -> None:
    """Have the run observed; where what is seen cannot be printed, it ends in good order.

    Nobody is there to read how it goes on, and the summary, which fails likewise, says why.
    """
    try:
        await sampler.run()
    except (OSError, RunError):
        _wind_down(pipeline)


def _count_overdue(pipeline: Pipeline, end: float) -> None:
    """Count what the schedule asked for up to `end` and the run did not send.

    It is no more than what is left of all passes.
    """
    feed, stats = pipeline.feed, pipeline.stats
    for signal, owed in pipeline.pacers.overdue(end, feed.events, feed.largest_blocks).items():
        left = feed.planned(signal) - stats.of(signal).scheduled
        events = int(min(owed, left))
        stats.scheduled(signal, events)
        stats.dropped(signal, events)
