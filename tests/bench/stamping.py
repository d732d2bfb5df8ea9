"""Stampers and blocks for benchmarks that work below the sender's run."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from telemetry_common.planning.cut import Block, Limits, block_bounds, cut_events
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates
from telemetry_sender.clock import SystemClock
from telemetry_sender.config.input import InputConfig
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.otlp import OtlpConfig
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.build import make_stampers

SPANS_PER_TRACE = 15
MESSAGE_LIMIT = 64 << 20


def open_stamper(files: dict[Signal, Path], signal: Signal) -> tuple[Template, BlockStamper]:
    """Return a signal's template and a stamper for it."""
    templates = open_templates(files)
    config = SenderConfig(
        input=InputConfig.model_validate({str(name): path for name, path in files.items()}),
        otlp=OtlpConfig(endpoint="127.0.0.1:1"),
    )
    return templates[signal], make_stampers(
        config.timestamps, templates, 1, SystemClock().unix_nanos()
    )[signal]


def batch_of(signal: Signal, events: int) -> int:
    """Return the batch size setting for requests of about this many events."""
    return max(1, round(events / SPANS_PER_TRACE)) if signal is Signal.TRACES else events


def cut_template(template: Template, events: int) -> list[Block]:
    """Return the blocks of a pass, of about this many events each."""
    limits = Limits(batch_of(template.signal, events), MESSAGE_LIMIT)
    bounds = block_bounds(template.plan, limits).tolist()
    return [
        cut_events(template.plan, index, first, last)
        for index, (first, last) in enumerate(pairwise(bounds))
    ]


def endless(blocks: list[Block]) -> Iterator[tuple[Block, int]]:
    """Yield the blocks with their pass numbers, pass after pass."""
    pass_number = 0
    while True:
        for block in blocks:
            yield block, pass_number
        pass_number += 1
