"""How much a run will write, told from one block of each signal before it begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telemetry_common.errors import UsageError, reason
from telemetry_common.planning.cut import cut_events
from telemetry_common.signals import Signal
from telemetry_common.units import format_size
from telemetry_sender.clock import Clock
from telemetry_sender.files.space import free_bytes
from telemetry_sender.processes.order import Order
from telemetry_sender.processes.outlet import Outlet
from telemetry_sender.processes.part_replay import Templates
from telemetry_sender.sinks.base import Encoder, Sink
from telemetry_sender.sinks.local import LocalSink
from telemetry_sender.sinks.several import Payloads, leaf_sinks
from telemetry_sender.stamping.build import make_stampers


@dataclass(frozen=True, slots=True)
class Weights:
    """What an event of each signal takes, in bytes: written in all, and by directory."""

    total: Mapping[Signal, float]
    on_disk: Mapping[Path, Mapping[Signal, float]]


def weigh(orders: Sequence[Order], templates: Templates, clock: Clock, outlet: Outlet) -> Weights:
    """Stamp and encode the first block of each signal of the orders, and see how large that is.

    Nothing is written; the encoders of the `outlet` keep what they have read. Raises TemplateError
    for a template that cannot be encoded.
    """
    total: dict[Signal, float] = {}
    on_disk: dict[Path, dict[Signal, float]] = {}
    for signal, events, payload in _samples(orders, templates, clock, outlet.encoders):
        sizes = list(_sizes(outlet.sink, signal, payload))
        total[signal] = sum(size for _, size in sizes) / events
        for place, size in sizes:
            if place is not None:
                of_place = on_disk.setdefault(place, {})
                of_place[signal] = of_place.get(signal, 0.0) + size / events
    return Weights(total, on_disk)


def _samples(
    orders: Sequence[Order],
    templates: Templates,
    clock: Clock,
    encoders: Mapping[Signal, Encoder],
) -> Iterator[tuple[Signal, int, Any]]:
    """Yield of each signal with blocks: the events of its first one, and what is made of it."""
    order, now = orders[0], clock.unix_nanos()
    stampers = make_stampers(order.config.timestamps, templates, order.seed, now, encoders)
    for signal, template in templates.items():
        # A signal of few blocks may be one that only the last process sends.
        index = next((each.owned[signal].start for each in orders if each.owned[signal]), None)
        if index is not None:
            first, last = order.bounds[signal][index : index + 2].tolist()
            block = cut_events(template.plan, index, first, last)
            yield signal, block.events, stampers[signal].stamp(block, 0, now)


def _sizes(sink: Sink, signal: Signal, payload: Any) -> Iterator[tuple[Path | None, int]]:
    """Yield the bytes that each sink makes of a payload, and the directory where it leaves them."""
    leaves = leaf_sinks(sink)
    forms = payload.forms if isinstance(payload, Payloads) else [payload]
    for leaf, form in zip(leaves, forms, strict=True):
        if isinstance(leaf, LocalSink):
            yield leaf.directory, leaf.weigh(signal, form)
        else:
            yield None, len(form)


def check_room(orders: Sequence[Order], weights: Weights) -> Iterator[str]:
    """Yield a line about each directory that is written to: how much, and how much room there is.

    Raises UsageError where a run of a known length does not fit.
    """
    sending, whole_pass = orders[0].config.sending, _one_pass(orders, weights.total)
    for place, event_bytes in weights.on_disk.items():
        one_pass, free = _one_pass(orders, event_bytes), _free(place)
        if not (sending.multiplier or sending.size):
            yield f"{place}: {format_size(one_pass)} a pass, {format_size(free)} free"
            continue
        limits = [one_pass * sending.multiplier] if sending.multiplier else []
        if sending.size:
            limits.append(sending.size * one_pass / whole_pass)
        needed = min(limits)
        # One with a duration may end before.
        if needed > free and not sending.duration:
            problem = f"about {format_size(needed)} to write, and {format_size(free)} are free"
            raise UsageError(str(place), problem, "make room, or lower --size or the multiplier")
        yield f"{place}: about {format_size(needed)} to write, {format_size(free)} free"


def _free(place: Path) -> int:
    try:
        return free_bytes(place)
    except OSError as error:
        raise UsageError(str(place), reason(error), "choose another directory") from None


def _one_pass(orders: Sequence[Order], event_bytes: Mapping[Signal, float]) -> float:
    """Return the bytes of one pass of all processes, where an event takes so many."""
    return sum(
        order.events.get(signal, 0) * size
        for order in orders
        for signal, size in event_bytes.items()
    )
