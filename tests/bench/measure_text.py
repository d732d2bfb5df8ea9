"""How fast blocks are stamped as OTLP/JSON, against `json.dumps` of the same requests."""

import json
import time
from collections.abc import Callable, Sequence
from itertools import count
from statistics import median

from bench.sets import BenchSets
from bench.stamping import cut_template, open_stamper
from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.encoding import EncodingStamper
from telemetry_sender.text.json_encoder import JsonEncoder
from telemetry_sender.text.texts import Texts

_EVENTS = 1500
_BLOCKS = 20
_ROUNDS = 7
_ROUND_SECONDS = 0.4
_NAMES = {Signal.TRACES: "spans", Signal.METRICS: "points", Signal.LOGS: "records"}


def measure_text(sets: BenchSets) -> dict[str, float]:
    """Measure batches of 1,500 events of each signal: rendered anew, and stamped."""
    figures: dict[str, float] = {}
    for signal, noun in _NAMES.items():
        template, stamper = open_stamper(sets.medium(Signal.TRACES, signal), signal)
        blocks = cut_template(template, _EVENTS)[:_BLOCKS]
        figures[f"text.{noun}_rendered_per_second"] = _rendered(template, stamper, blocks)
        stamped, dumped = _rates(EncodingStamper(stamper, JsonEncoder(Texts(template))), blocks)
        figures[f"text.{noun}_per_second"] = median(stamped)
        ratios = [a / b for a, b in zip(stamped, dumped, strict=True)]
        figures[f"text.{noun}_ratio_vs_json_dumps"] = median(ratios)
    return figures


def _rendered(template: Template, stamper: BlockStamper, blocks: Sequence[Block]) -> float:
    """Return the events per second of a first pass, in which every block is rendered."""
    fresh = EncodingStamper(stamper, JsonEncoder(Texts(template)))
    start = time.perf_counter()
    for block in blocks:
        fresh.stamp(block, 0, time.time_ns())
    return sum(block.events for block in blocks) / (time.perf_counter() - start)


def _rates(stamper: BlockStamper, blocks: Sequence[Block]) -> tuple[list[float], list[float]]:
    """Return events per second of both ways, taking turns.

    `json.dumps` is spared the new values: it writes the same ones over and over.
    """
    passes = count()
    requests = [json.loads(stamper.stamp(block, 0, time.time_ns())) for block in blocks]

    def stamp() -> int:
        pass_number = next(passes)
        for block in blocks:
            stamper.stamp(block, pass_number, time.time_ns())
        return sum(block.events for block in blocks)

    def dump() -> int:
        json.dumps(requests[0], ensure_ascii=False).encode()
        return blocks[0].events

    rounds = [(_rate(stamp), _rate(dump)) for _ in range(_ROUNDS)]
    return [a for a, _ in rounds], [b for _, b in rounds]


def _rate(step: Callable[[], int]) -> float:
    """Return events per second of steps repeated for one round."""
    events, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < _ROUND_SECONDS:
        events += step()
    return events / elapsed
