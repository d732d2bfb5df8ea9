"""Where a process writes to: its sink, and what makes the sink's requests of stamped blocks.

Encoders keep what they have read of a template, so a process makes them once.
"""

from collections.abc import Mapping
from typing import NamedTuple

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.processes.order import Order
from telemetry_sender.sinks.base import Encoder, Sink
from telemetry_sender.sinks.registry import make_sink
from telemetry_sender.stamping.encoding import make_encoders


class Outlet(NamedTuple):
    """A sink, not yet open, and the encoders of those signals that have one."""

    sink: Sink
    encoders: Mapping[Signal, Encoder]


def make_outlet(order: Order, templates: Mapping[Signal, Template]) -> Outlet:
    """Return where the process with this order writes. Raises ConfigError."""
    sink = make_sink(order.config, order.environ, part=order.part)
    return Outlet(sink, make_encoders(sink.encoding, templates))
