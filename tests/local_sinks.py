"""Sinks that leave files behind, as the registry makes them, and what a run would write to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from core_support import (
    COMMITTED_SIGNALS,
    START,
    blocks_of,
    committed_data,
    stampers_of,
    templates_of,
)
from sender_results import make_config
from telemetry_common.planning.cut import Block, Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.files import Compression
from telemetry_sender.config.sinks import LOCAL_SINKS
from telemetry_sender.records.base import RecordBatch
from telemetry_sender.sending.part import WHOLE, Part
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.built_in import BUILT_IN, loaded
from telemetry_sender.sinks.local import LocalSink
from telemetry_sender.sinks.registry import SinkSetting, find_sink
from telemetry_sender.stamping.encoding import make_encoder

LOCAL = [name for name in BUILT_IN if name in LOCAL_SINKS]


class FilesOfARun(Sink, LocalSink, Protocol):
    """What these sinks are."""


@dataclass(frozen=True, slots=True)
class Write:
    """One request of a run."""

    signal: Signal
    events: int
    payload: Any

    @property
    def records(self) -> int:
        """What it adds to the records of files."""
        if isinstance(self.payload, RecordBatch):
            return sum(len(each.ends) for each in self.payload)
        return self.events


def compressions(name: str) -> list[Compression]:
    """Return the ways in which a sink compresses files as a whole."""
    options = BUILT_IN[name].options
    fields = loaded(options).model_fields if options else {}
    is_ours = "compression" in fields and fields["compression"].annotation is Compression
    return list(Compression) if is_ours else [Compression.NONE]


def local_sink(
    name: str,
    directory: Path | None,
    *,
    signals: tuple[Signal, ...] = COMMITTED_SIGNALS,
    part: Part = WHOLE,
    **options: Any,
) -> FilesOfARun:
    """Return a sink, not yet open."""
    place = {} if directory is None else {"directory": str(directory)}
    setting = SinkSetting(make_config(), {}, signals, place | options, part)
    return cast("FilesOfARun", find_sink(name)(setting))


def writes_of(sink: Sink, passes: int = 1) -> Iterator[Write]:
    """Yield what a run over the committed set writes, the signals in turns."""
    templates = _templates()
    encoders = {signal: make_encoder(sink.encoding, each) for signal, each in templates.items()}
    for number in range(passes):
        for signal, block, stamped in _stamped(number):
            encoder = encoders[signal]
            payload = encoder.encode(block, number, stamped) if encoder else stamped
            yield Write(signal, block.events, payload)


@cache
def _templates() -> dict[Signal, Template]:
    return templates_of(committed_data())


@cache
def _stamped(number: int) -> list[tuple[Signal, Block, bytes]]:
    stampers = stampers_of(_templates(), seed=7)
    return [
        (signal, block, bytes(stampers[signal].stamp(block, number, START + number * 10**9)))
        for signal, template in _templates().items()
        for block in blocks_of(template.plan, Limits(50, 1 << 20))
    ]
