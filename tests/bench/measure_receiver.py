"""How fast one core decodes and checks what the sender sends, with the ledger and every check."""

import time
from collections.abc import Sequence
from itertools import islice
from statistics import median

from bench.sets import BenchSets
from bench.stamping import cut_template, open_stamper
from telemetry_common.signals import Signal
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.receiver.garbage import collect_rarely
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.template_index import load_template_index
from telemetry_sender.receiver.time_window import TimeWindow

_EVENTS = 1500
_ROUNDS = 5
_REQUESTS = 100
_NOUNS = {Signal.TRACES: "spans", Signal.METRICS: "points", Signal.LOGS: "records"}


def measure_receiver(sets: BenchSets) -> dict[str, float]:
    """Measure requests of 1,500 events of each signal, in events per second of CPU."""
    # As the receiver does.
    keep_large_buffers()
    collect_rarely()
    paths = sets.medium(*_NOUNS)
    index = load_template_index(paths[Signal.TRACES].parent)
    figures: dict[str, float] = {}
    for signal, noun in _NOUNS.items():
        intake = CheckingIntake(Ledger(index, 1), time_window=TimeWindow(60_000_000_000))
        rates = [_rate(intake, signal, each) for each in _stamped(sets, signal)]
        figures[f"receiver.{noun}_per_second"] = median(rates)
    return figures


def _stamped(sets: BenchSets, signal: Signal) -> list[list[bytes]]:
    """Return the requests of a pass, or as many as a round takes, once for each round."""
    template, stamper = open_stamper(sets.medium(Signal.TRACES, signal), signal)
    blocks = list(islice(cut_template(template, _EVENTS), _REQUESTS))
    return [
        [stamper.stamp(block, number, time.time_ns()) for block in blocks]
        for number in range(_ROUNDS)
    ]


def _rate(intake: CheckingIntake, signal: Signal, requests: Sequence[bytes]) -> float:
    events = intake.tally.signals[signal].events
    start = time.process_time()
    for request in requests:
        intake.take(signal, request)
    return (intake.tally.signals[signal].events - events) / (time.process_time() - start)
