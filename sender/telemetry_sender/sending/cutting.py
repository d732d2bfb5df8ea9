"""Cuts the templates of a run into blocks, one request's worth each."""

from collections.abc import Collection, Mapping

import numpy as np

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits, block_bounds
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.pace.build import largest_batch
from telemetry_sender.sending.feed import SignalFeed
from telemetry_sender.sending.recorded_pace import (
    follows_recording,
    narrow_bounds,
    recorded_orders,
)
from telemetry_sender.sinks.request_limit import PROTOBUF_ONLY, RequestLimit
from telemetry_sender.text.growth import text_growth

Bounds = Mapping[Signal, Offsets]
"""For each signal the first event of each block of a pass, and the number of events last."""


def cut_bounds(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    requests: Collection[RequestLimit] = PROTOBUF_ONLY,
) -> Bounds:
    """Cut every template into blocks, the same ones whatever part of them a process sends.

    Every block keeps the limits of all sinks, which are of `requests`. Raises TemplateError for an
    event over the message limit.
    """
    sending = config.sending
    bounds: dict[Signal, Offsets] = {}
    for signal, template in templates.items():
        most = largest_batch(sending, signal)
        growth = text_growth(template) if any(each.is_text for each in requests) else 1.0
        most_bytes, setting = _tightest(requests, growth, config.otlp.max_message_size)
        limits = Limits(sending.batch_size.of(signal), most_bytes, most)
        bounds[signal] = _bounds(template, limits, growth, setting)
        if template.late is not None:
            bounds[signal] = np.union1d(bounds[signal], template.late.cuts())
    return narrow_bounds(config, templates, bounds) if follows_recording(config) else bounds


def _tightest(requests: Collection[RequestLimit], growth: float, default: int) -> tuple[int, str]:
    """Return how long a block may be in protobuf, and the setting that says so.

    Text is `growth` times as long.
    """

    def allowed(limit: RequestLimit) -> float:
        return (limit.most_bytes or default) / (growth if limit.is_text else 1.0)

    tightest = min(requests, key=allowed)
    return max(1, int(allowed(tightest))), tightest.setting


def _bounds(template: Template, limits: Limits, growth: float, setting: str) -> Offsets:
    """Cut a template into blocks, for limits that are for requests `growth` times as long."""
    try:
        return block_bounds(template.plan, limits)
    except TemplateError as error:
        room = f", which leaves room for JSON, {growth:.1f} times as long" if growth > 1 else ""
        raise TemplateError(setting, error.problem + room, error.fix) from None


def make_feeds(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    bounds: Bounds,
    owned: Mapping[Signal, range],
) -> list[SignalFeed]:
    """Return the feeds of the process that sends the `owned` blocks of each signal.

    Blocks that follow a recording go out when they happened: nothing of it is late. Nor is anything
    for files, which nobody watches coming.
    """
    passes = config.sending.multiplier or None
    orders = recorded_orders(config, templates, bounds, owned)
    feeds: list[SignalFeed] = []
    for signal, template in templates.items():
        cuts, order = bounds[signal], orders.get(signal)
        delays = _delays(template, cuts) if order is None and not config.is_local else {}
        feeds.append(SignalFeed(template.plan, cuts, passes, owned[signal], delays, order))
    return feeds


def _delays(template: Template, bounds: Offsets) -> dict[int, float]:
    """Return how many seconds each late block waits, by index."""
    return {} if template.late is None else template.late.delays(bounds[:-1])
