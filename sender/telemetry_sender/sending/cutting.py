"""Cuts the templates of a run into blocks, one request's worth each."""

from collections.abc import Mapping

from telemetry_common.planning.cut import Limits, block_bounds
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.pace.build import largest_batch
from telemetry_sender.sending.feed import SignalFeed

Bounds = Mapping[Signal, Offsets]
"""For each signal the first event of each block of a pass, and the number of events last."""


def cut_bounds(config: SenderConfig, templates: Mapping[Signal, Template]) -> Bounds:
    """Cut every template into blocks, the same ones whatever part of them a process sends.

    Raises TemplateError for an event over the message limit.
    """
    sending = config.sending
    bounds: dict[Signal, Offsets] = {}
    for signal, template in templates.items():
        most = largest_batch(sending, signal)
        limits = Limits(sending.batch_size.of(signal), config.otlp.max_message_size, most)
        bounds[signal] = block_bounds(template.plan, limits)
    return bounds


def make_feeds(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    bounds: Bounds,
    owned: Mapping[Signal, range],
) -> list[SignalFeed]:
    """Return the feeds of the process that sends the `owned` blocks of each signal."""
    passes = config.sending.multiplier or None
    return [
        SignalFeed(template.plan, bounds[signal], passes, owned[signal])
        for signal, template in templates.items()
    ]


def cut_feeds(config: SenderConfig, templates: Mapping[Signal, Template]) -> list[SignalFeed]:
    """Return the feeds of a process that sends everything. Raises TemplateError likewise."""
    bounds = cut_bounds(config, templates)
    whole = {signal: range(len(cuts) - 1) for signal, cuts in bounds.items()}
    return make_feeds(config, templates, bounds, whole)
