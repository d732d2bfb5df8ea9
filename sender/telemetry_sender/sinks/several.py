"""Several sinks that are fed by one run, as one sink.

A request goes from one to the next, those first that may refuse it: what an endpoint does not take
is in no file, so that files hold what was accepted. A request that is tried again goes on with the
sink that it was refused by.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.sinks.base import Encoder, Sink
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.stamping.encoding import make_encoder


class Payloads:
    """One block in the forms of all sinks, and how many of them have taken theirs."""

    __slots__ = ("forms", "rejected", "taken", "wire_bytes")

    def __init__(self, forms: Sequence[Any]) -> None:
        self.forms = forms
        self.taken = 0
        self.rejected = 0
        self.wire_bytes = 0

    def __len__(self) -> int:
        """Return the bytes of all forms together."""
        return sum(map(len, self.forms))

    def took(self, delivery: Delivery) -> None:
        """Note that the next sink has taken its form."""
        size = len(self.forms[self.taken])
        self.wire_bytes += size if delivery.wire_bytes is None else delivery.wire_bytes
        self.rejected = max(self.rejected, delivery.rejected)
        self.taken += 1


class _Forms:
    """Makes the payloads of one template."""

    def __init__(self, encoders: Sequence[Encoder | None]) -> None:
        self._encoders = encoders

    def prepare(self, block: Block) -> None:
        """Make ready ahead what each form needs."""
        for encoder in self._encoders:
            if encoder is not None:
                encoder.prepare(block)

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> Payloads:
        """Return the stamped block in the form of each sink."""
        return Payloads(
            [
                stamped if encoder is None else encoder.encode(block, pass_number, stamped)
                for encoder in self._encoders
            ]
        )


class SeveralSinks:
    """Writes to all of some sinks, in their order."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self.sinks = tuple(sinks)

    def __str__(self) -> str:
        return ", ".join(map(str, self.sinks))

    def encoding(self, template: Template) -> Encoder:
        """Return what makes the payloads of a template."""
        return _Forms([make_encoder(sink.encoding, template) for sink in self.sinks])

    async def open(self) -> None:
        """Open all. Raises RunError when one cannot be; the others are closed then."""
        async with AsyncExitStack() as opened:
            for sink in self.sinks:
                await sink.open()
                opened.push_async_callback(sink.close)
            opened.pop_all()

    async def write(self, signal: Signal, payload: Payloads) -> Delivery:
        """Hand a block to each sink that has not taken it; stop at the first that does not."""
        message = ""
        for sink in self.sinks[payload.taken :]:
            delivery = await sink.write(signal, payload.forms[payload.taken])
            if not delivery.ok:
                # Its halves would come twice to those that have taken the whole.
                return replace(delivery, too_large=delivery.too_large and not payload.taken)
            payload.took(delivery)
            message = message or delivery.message
        return Delivery(rejected=payload.rejected, message=message, wire_bytes=payload.wire_bytes)

    async def close(self) -> None:
        """Close all, whatever becomes of one."""
        async with AsyncExitStack() as closing:
            for sink in self.sinks:
                closing.push_async_callback(sink.close)


def leaf_sinks(sink: Sink) -> tuple[Sink, ...]:
    """Return the sinks that a sink consists of: itself, if it is not several."""
    return sink.sinks if isinstance(sink, SeveralSinks) else (sink,)
