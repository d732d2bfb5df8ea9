"""The feeds of a sender that sends the whole set by itself."""

from collections.abc import Collection, Mapping

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sending.cutting import cut_bounds, make_feeds
from telemetry_sender.sending.feed import SignalFeed
from telemetry_sender.sinks.request_limit import PROTOBUF_ONLY, RequestLimit


def cut_feeds(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    requests: Collection[RequestLimit] = PROTOBUF_ONLY,
) -> list[SignalFeed]:
    """Return a feed for each signal. Raises TemplateError for an event over the message limit."""
    bounds = cut_bounds(config, templates, requests)
    whole = {signal: range(len(cuts) - 1) for signal, cuts in bounds.items()}
    return make_feeds(config, templates, bounds, whole)
