"""Finds sinks by name: the built-in ones lazily, those of other packages by entry point."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sending.part import WHOLE, Part
from telemetry_sender.sinks.base import Sink

ENTRY_POINT_GROUP = "stampede.sinks"


@dataclass(frozen=True, slots=True)
class SinkSetting:
    """What a sink is made from."""

    config: SenderConfig
    environ: Mapping[str, str]
    signals: tuple[Signal, ...]
    """The signals that it will be given."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the configuration says to this sink alone."""
    part: Part = WHOLE
    """Which part of everything it will be given: others may write beside it."""
    place: str = "sinks[0]"
    """Where the configuration names it, for errors."""


SinkFactory = Callable[[SinkSetting], Sink]

_BUILT_IN = {
    "otlp": "telemetry_sender.sinks.otlp:make_sink",
    "discard": "telemetry_sender.sinks.discard:make_sink",
}


def sink_names() -> list[str]:
    """Return the names of all sinks that are installed."""
    return [*_BUILT_IN, *(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP))]


def find_sink(name: str) -> SinkFactory:
    """Return the factory of the sink called `name`. Raises ConfigError for an unknown name."""
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return cast("SinkFactory", getattr(import_module(module), attribute))
    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return _loaded(entry)
    raise ConfigError("sink", f"no sink is called {name!r}", f"use {', '.join(sink_names())}")


def make_sink(
    config: SenderConfig, environ: Mapping[str, str], signals: Iterable[Signal] | None = None
) -> Sink:
    """Return the configured sink, not yet open, for `signals` or those of the input files.

    Raises ConfigError for what it cannot use.
    """
    given = tuple(config.input.files if signals is None else signals)
    return find_sink(config.sink)(SinkSetting(config, environ, given))


def _loaded(entry: EntryPoint) -> SinkFactory:
    try:
        return cast("SinkFactory", entry.load())
    except (ImportError, AttributeError) as error:
        problem = f"cannot load {entry.value}: {error}"
        raise ConfigError(f"sink {entry.name}", problem, "reinstall its package") from None
