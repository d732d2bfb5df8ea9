"""Carries out a run: its set is opened and cut, shared out, sent, and the result gathered."""

import asyncio
from collections.abc import Mapping

import uvloop

from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.clock import Clock, SystemClock
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.loading import Printer, load_templates
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.part_replay import (
    PartReplay,
    Templates,
    make_redactor,
    make_sink,
)
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sending.cutting import cut_bounds


def unobserved(_sample: Sample) -> None:
    """Do nothing with a sample."""


def run(
    config: SenderConfig,
    *,
    seed: int,
    environ: Mapping[str, str],
    out: Printer,
    observe: Observer = unobserved,
) -> RunResult:
    """Replay the configured set and return how that went.

    `out` prints lines of progress, and `observe` gets a sample of the whole run every second.
    Ctrl-C and SIGTERM end the run in good order. Raises StampedeError when it cannot begin.
    """
    # What is wrong with the sink's settings shows before a large set has been read.
    make_sink(config, environ)
    templates = load_templates(config.input.files, out)
    return run_templates(config, templates, seed=seed, environ=environ, out=out, observe=observe)


def run_templates(
    config: SenderConfig,
    templates: Templates,
    *,
    seed: int,
    environ: Mapping[str, str],
    out: Printer,
    observe: Observer = unobserved,
) -> RunResult:
    """Like `run`, with templates that are open already, for several runs of one set."""
    bounds = cut_bounds(config, templates)
    owned = {signal: range(len(cuts) - 1) for signal, cuts in bounds.items()}
    order = Order(config, seed, environ, bounds, owned, config.sending.concurrency)
    return _run_alone(order, templates, out, observe)


def _run_alone(order: Order, templates: Templates, out: Printer, observe: Observer) -> RunResult:
    keep_large_buffers()
    stats = RunStats(templates, make_redactor(order))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_alone(order, templates, stats, out, observe))


async def _alone(
    order: Order, templates: Templates, stats: RunStats, out: Printer, observe: Observer
) -> RunResult:
    clock = SystemClock()
    replay = PartReplay(order, templates, stats, clock)
    try:
        out(f"sending to {replay.sink}")
        await replay.open()
        return await replay.go(_now(clock), observe)
    finally:
        await replay.close()


def _now(clock: Clock) -> Origin:
    return Origin(clock.seconds(), clock.unix_nanos())
