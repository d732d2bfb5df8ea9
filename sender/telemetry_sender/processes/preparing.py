"""Makes blocks ready to be encoded before a run begins.

To lay out a block as text takes some 20 ms, in which nothing else goes on: in a run that would cost
pace, and answers that wait to be read would count as slow ones.
"""

import asyncio
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.clock import Clock
from telemetry_sender.processes.order import Order
from telemetry_sender.sinks.base import Encoder

LONGEST_SECONDS = 20.0
"""As long as a million spans take. What is not ready then is laid out when it is first sent."""


async def prepare_blocks(
    encoders: Mapping[Signal, Encoder],
    templates: Mapping[Signal, Template],
    order: Order,
    clock: Clock,
) -> None:
    """Prepare the blocks of an order, for LONGEST_SECONDS at most, in the order of sending.

    Raises TemplateError where a template holds bytes that are not protobuf.
    """
    end = clock.seconds() + LONGEST_SECONDS
    for signal, block in _in_turn(
        {signal: _owned(templates, order, signal) for signal in encoders}
    ):
        encoders[signal].prepare(block)
        # So that the run can be stopped here.
        await asyncio.sleep(0)
        if clock.seconds() > end:
            return


def _owned(templates: Mapping[Signal, Template], order: Order, signal: Signal) -> Iterator[Block]:
    """Yield the blocks of a signal that are to be sent in every pass."""
    for index in order.owned[signal]:
        first, last = order.bounds[signal][index : index + 2].tolist()
        yield cut_events(templates[signal].plan, index, first, last)


def _in_turn(blocks: Mapping[Signal, Iterator[Block]]) -> Iterator[tuple[Signal, Block]]:
    """Yield a block of each signal, then the next of each, until there are no more."""
    for row in zip_longest(*blocks.values()):
        for signal, block in zip(blocks, row, strict=True):
            if block is not None:
                yield signal, block
