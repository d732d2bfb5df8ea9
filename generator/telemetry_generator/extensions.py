"""Extensions: what other packages add to the generator, found by entry point.

A package registers an `Extension` in the entry-point group `stampede.generator`; a configuration
that names it under `extensions` gets what it brings. docs/extending.md has a whole example.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

from telemetry_common.errors import ConfigError
from telemetry_generator.chunks import Source
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.span_parts import SpanAttributes
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.model import Topology

ENTRY_POINT_GROUP = "stampede.generator"


class World(NamedTuple):
    """What a source of another package may refer to."""

    topology: Topology
    traces: TraceFactory | None
    """The requests of the set, None when traces are off."""
    seed: int
    horizon_nanos: int


@dataclass(frozen=True, slots=True)
class Extension:
    """What a package adds. All of it must be the same in every process."""

    metric_catalogues: Sequence[Path] = ()
    """Files of metric definitions, as under `metrics.catalogues`."""
    log_patterns: Sequence[Path] = ()
    """Files of log patterns, as under `logs.patterns`."""
    span_attributes: Sequence[SpanAttributes] = ()
    """Attributes of spans."""
    sources: Callable[[World], Sequence[Source]] | None = None
    """Makes whole signals, which the configuration itself leaves off."""


def load_extensions(names: Sequence[str]) -> list[Extension]:
    """Return the extensions of these names. Raises ConfigError for one that is not installed."""
    return [_find(name) for name in names]


def extended(config: GeneratorConfig, extensions: Sequence[Extension]) -> GeneratorConfig:
    """Return the configuration with the data files of the extensions added to the user's."""
    changes: dict[str, object] = {}
    if config.metrics is not None:
        files = (*config.metrics.catalogues, *_paths(one.metric_catalogues for one in extensions))
        changes["metrics"] = config.metrics.model_copy(update={"catalogues": files})
    if config.logs is not None:
        files = (*config.logs.patterns, *_paths(one.log_patterns for one in extensions))
        changes["logs"] = config.logs.model_copy(update={"patterns": files})
    return config.model_copy(update=changes)


def extension_sources(
    extensions: Sequence[Extension], world: World, taken: Sequence[Source]
) -> Iterator[Source]:
    """Yield the signals that extensions make. Raises ConfigError for a signal made twice."""
    signals = {source.signal for source in taken}
    for extension in extensions:
        for source in extension.sources(world) if extension.sources else ():
            if source.signal in signals:
                problem = f"{source.signal} are made twice"
                raise ConfigError("extensions", problem, f"leave the {source.signal} section out")
            signals.add(source.signal)
            yield source


def _paths(groups: Iterator[Sequence[Path]]) -> Iterator[str]:
    return (str(path) for group in groups for path in group)


def _find(name: str) -> Extension:
    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return _loaded(entry)
    known = ", ".join(sorted(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP)))
    problem = f"no extension is called {name!r}"
    raise ConfigError("extensions", problem, f"installed are: {known or 'none'}")


def _loaded(entry: EntryPoint) -> Extension:
    fix = "reinstall its package"
    try:
        extension = entry.load()
    except (ImportError, AttributeError) as error:
        problem = f"cannot load {entry.value}: {error}"
        raise ConfigError(f"extension {entry.name}", problem, fix) from None
    if not isinstance(extension, Extension):
        problem = f"{entry.value} is no Extension"
        raise ConfigError(f"extension {entry.name}", problem, fix)
    return extension
