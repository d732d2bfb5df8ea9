"""Shares a run out among the processes of an instance."""

from collections.abc import Mapping

from telemetry_sender.config.model import SenderConfig
from telemetry_sender.processes.order import Order, owned_events
from telemetry_sender.processes.part_replay import Templates
from telemetry_sender.sending.cutting import cut_bounds
from telemetry_sender.sending.dividing import divide
from telemetry_sender.sending.part import Part
from telemetry_sender.sending.ranges import in_range
from telemetry_sender.sinks.registry import make_sink
from telemetry_sender.sinks.request_limit import request_limits
from telemetry_sender.sinks.several import leaf_sinks


def make_orders(
    config: SenderConfig,
    seed: int,
    environ: Mapping[str, str],
    templates: Templates,
    shard: Part,
    count: int,
) -> list[Order]:
    """Return the orders of up to `count` processes, which send one shard together.

    A process without a block gets none. Raises TemplateError for an event over the message limit.
    """
    plans = {signal: template.plan for signal, template in templates.items()}
    limits = request_limits(leaf_sinks(make_sink(config, environ)))
    bounds = cut_bounds(config, templates, limits)
    bounds = in_range(plans, bounds, config.input.fractions)
    parts = divide(plans, bounds, shard.count * count)
    whole = {signal: int(cuts[-1] - cuts[0]) for signal, cuts in bounds.items()}
    orders: list[Order] = []
    for number in range(count):
        part = Part(number, count).within(shard)
        owned = {signal: blocks[part.number] for signal, blocks in parts.items()}
        if any(owned_events(bounds, owned).values()):
            workers = max(1, (config.sending.concurrency + number) // count)
            orders.append(Order(config, seed, dict(environ), bounds, owned, workers, part, whole))
    return orders
