"""Finds sinks by name: the built-in ones lazily, those of other packages by entry point."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sending.part import WHOLE, Part
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.built_in import BUILT_IN, loaded
from telemetry_sender.sinks.several import SeveralSinks

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


def sink_names() -> list[str]:
    """Return the names of all sinks that are installed."""
    return [*BUILT_IN, *(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP))]


def find_sink(name: str, place: str = "sinks[0]") -> SinkFactory:
    """Return the factory of the sink called `name` at a `place` of the configuration.

    Raises ConfigError for an unknown name.
    """
    if name in BUILT_IN:
        return cast("SinkFactory", loaded(BUILT_IN[name].factory))
    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return _loaded(entry)
    problem = f"no sink is called {name!r}"
    raise ConfigError(f"{place}.name", problem, f"use {', '.join(sink_names())}")


def make_sink(
    config: SenderConfig,
    environ: Mapping[str, str],
    signals: Iterable[Signal] | None = None,
    part: Part = WHOLE,
) -> Sink:
    """Return the configured sinks as one, not yet open, for `signals` or those of the input files.

    It will be given one part of everything. Raises ConfigError for what it cannot use.
    """
    given = tuple(config.input.files if signals is None else signals)
    # What may refuse a request comes before what keeps it.
    ordered = sorted(enumerate(config.sinks), key=lambda each: each[1].is_local)
    made = [
        find_sink(sink.name, place := f"sinks[{number}]")(
            SinkSetting(config, environ, given, sink.options, part, place)
        )
        for number, sink in ordered
    ]
    return made[0] if len(made) == 1 else SeveralSinks(made)


def _loaded(entry: EntryPoint) -> SinkFactory:
    try:
        return cast("SinkFactory", entry.load())
    except (ImportError, AttributeError) as error:
        problem = f"cannot load {entry.value}: {error}"
        raise ConfigError(f"sink {entry.name}", problem, "reinstall its package") from None
