"""Runs the workers of a replay, has it observed, and ends it in good order."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
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


async def supervise(
    pipeline: Pipeline, workers: Mapping[Signal, int], sending: SendingConfig, observe: Observer
) -> Outcome:
    """Run this many workers of each signal until the run ends; say why it ended.

    Requests in flight at the end get the grace period; a second signal cuts them off at once. The
    loop goes on to take signals until it closes: one more must not keep the sink from closing.
    """
    tasks: Tasks = {
        asyncio.create_task(pipeline.work(signal))
        for signal, count in workers.items()
        for _ in range(count)
    }
    sampler = Sampler(pipeline, observe)
    observing = asyncio.create_task(_observed(sampler, pipeline))
    try:
        _on_signals(lambda: _stop(pipeline, tasks))
        end = await _until_ended(pipeline, tasks, sending)
    finally:
        observing.cancel()
    _count_overdue(pipeline, min(end, pipeline.duration))
    with suppress(OSError, RunError):
        sampler.take(pipeline.elapsed)
    return Outcome.INTERRUPTED if pipeline.stopping.is_set() else Outcome.COMPLETED


def _on_signals(stop: Callable[[], None]) -> None:
    for number in ENDING_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)


def _stop(pipeline: Pipeline, tasks: Tasks) -> None:
    if pipeline.stopping.is_set():
        _cancel(tasks)
    _wind_down(pipeline)


def _wind_down(pipeline: Pipeline) -> None:
    pipeline.stopping.set()
    pipeline.feed.stop()


async def _until_ended(pipeline: Pipeline, tasks: Tasks, sending: SendingConfig) -> float:
    """Wait for all workers; raise what one of them raised.

    Returns how many seconds into the run it was to end; requests in flight end later.
    """
    stopping = asyncio.create_task(pipeline.stopping.wait())
    pending = set(tasks)
    try:
        limit = sending.duration or None
        while pending and not stopping.done() and (limit is None or pipeline.elapsed < limit):
            left = None if limit is None else limit - pipeline.elapsed
            done, _ = await asyncio.wait(
                {*pending, stopping}, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            pending -= _checked(done)
        end = pipeline.elapsed
        if pending:
            done, pending = await asyncio.wait(pending, timeout=sending.grace_period)
            _checked(done)
    finally:
        stopping.cancel()
        _cancel(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)
    return end


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
