"""Cuts the templates of a run into blocks, one request's worth each."""

from collections.abc import Mapping

from telemetry_common.planning.cut import Limits, block_bounds
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sending.feed import SignalFeed


def cut_feeds(config: SenderConfig, templates: Mapping[Signal, Template]) -> list[SignalFeed]:
    """Cut every template into blocks. Raises TemplateError for an event over the message limit."""
    sending = config.sending
    rate = sending.rate_limit.intended
    most = None if rate is None else max(1, int(rate * sending.rate_limit.burst_seconds))
    feeds: list[SignalFeed] = []
    for signal, template in templates.items():
        limits = Limits(sending.batch_size.of(signal), config.otlp.max_message_size, most)
        bounds = block_bounds(template.plan, limits)
        feeds.append(SignalFeed(template.plan, bounds, sending.multiplier or None))
    return feeds
