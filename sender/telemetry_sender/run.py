"""Carries out a run: its set is opened and cut, shared out, sent, and the result gathered."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import uvloop

from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.clock import Clock, SystemClock
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.processes import process_count, shard_part
from telemetry_sender.loading import Printer, load_templates
from telemetry_sender.machine import available_cpus, machine_memory
from telemetry_sender.processes.estimate import check_room, weigh
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.orders import make_orders
from telemetry_sender.processes.outlet import Outlet, make_outlet
from telemetry_sender.processes.parent import run_together
from telemetry_sender.processes.part_replay import PartReplay, Templates
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.series import SeriesRecorder
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.results.watch.outage_lines import OutageLines
from telemetry_sender.results.watch.views import every
from telemetry_sender.rewriting import make_rewrite
from telemetry_sender.sending.part import Part
from telemetry_sender.sinks.destination import make_redactor
from telemetry_sender.sinks.registry import make_sink
from telemetry_sender.streaming.replay import run_stream


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
    endpoint = str(make_sink(config, environ))
    observe = every(OutageLines(endpoint, config.sending.retry.max_backoff, out), observe)
    if config.input.is_streamed:
        return _recorded(lambda watch: run_stream(config, seed, environ, out, watch), observe)
    templates = load_templates(config.input.files, out, make_rewrite(config, environ))
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
    shard = shard_part(config.sending.shard, environ)
    result = _recorded(
        lambda watch: _sent(config, templates, seed, environ, shard, out, watch), observe
    )
    return result if config.sending.shard is None else replace(result, shard=str(shard))


def _recorded(send: Callable[[Observer], RunResult], observe: Observer) -> RunResult:
    """Keep the samples of a run beside showing them."""
    recorder = SeriesRecorder()

    def watch(sample: Sample) -> None:
        recorder.observe(sample)
        observe(sample)

    result = send(watch)
    return replace(
        result,
        series=recorder.series(),
        cores=min(result.processes, available_cpus()),
        memory_bytes=machine_memory(),
    )


def _sent(
    config: SenderConfig,
    templates: Templates,
    seed: int,
    environ: Mapping[str, str],
    shard: Part,
    out: Printer,
    observe: Observer,
) -> RunResult:
    count = process_count(config.sending.processes)
    orders = make_orders(config, seed, environ, templates, shard, count)
    if not orders:
        return _nothing_to_send(config, seed, templates, shard, out)
    outlet = make_outlet(orders[0], templates)
    orders = _weighed(orders, templates, outlet, out)
    if len(orders) < count:
        out(f"{len(orders)} of {count} processes have blocks to send")
    if count == 1:
        return _run_alone(orders[0], templates, outlet, out, observe)
    out(f"sending to {make_sink(config, environ)} with {len(orders)} processes")
    return run_together(orders, templates, out, observe)


def _weighed(
    orders: list[Order], templates: Templates, outlet: Outlet, out: Printer
) -> list[Order]:
    """Say how much will be written, and let each process know how large events are."""
    config = orders[0].config
    if not (config.sending.size or any(sink.is_local for sink in config.sinks)):
        return orders
    weights = weigh(orders, templates, SystemClock(), outlet)
    for line in check_room(orders, weights):
        out(line)
    return [replace(order, event_bytes=weights.total) for order in orders]


def _nothing_to_send(
    config: SenderConfig, seed: int, templates: Templates, shard: Part, out: Printer
) -> RunResult:
    """End at once: the set has fewer blocks than the run has shards."""
    out(f"shard {shard} has nothing to send: the set has fewer blocks")
    return RunResult(
        config=config,
        seed=seed,
        started_at=datetime.now(UTC),
        duration_seconds=0.0,
        outcome=Outcome.COMPLETED,
        stats=RunStats(templates),
        events_per_pass=dict.fromkeys(templates, 0),
        usage=ProcessUsage.none(),
    )


def _run_alone(
    order: Order, templates: Templates, outlet: Outlet, out: Printer, observe: Observer
) -> RunResult:
    keep_large_buffers()
    stats = RunStats(templates, make_redactor(order.config.otlp, order.environ))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_alone(order, templates, outlet, stats, out, observe))


async def _alone(
    order: Order,
    templates: Templates,
    outlet: Outlet,
    stats: RunStats,
    out: Printer,
    observe: Observer,
) -> RunResult:
    clock = SystemClock()
    replay = PartReplay(order, templates, stats, clock, outlet=outlet)
    try:
        out(f"sending to {replay.sink}")
        await replay.open()
        return await replay.go(_now(clock), observe)
    finally:
        await replay.close()


def _now(clock: Clock) -> Origin:
    return Origin(clock.seconds(), clock.unix_nanos())
