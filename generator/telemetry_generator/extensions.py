"""Extensions: what other packages add to the generator, found by entry point.

A package registers an `Extension` in the entry-point group `stampede.generator`; a configuration
that names it under `extensions` gets what it brings. docs/extending.md has a whole example.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from telemetry_common.errors import ConfigError
from telemetry_generator.chunks import Source
from telemetry_generator.config.extensions import installed_extension
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.span_options import configured_keys
from telemetry_generator.encode.span_parts import SpanAttributes
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.model import Topology


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


Extensions = Mapping[str, Extension]
"""Extensions by name, in the order of the configuration."""


def load_extensions(names: Sequence[str]) -> Extensions:
    """Return the extensions of these names.

    Raises ConfigError for one that its package does not deliver, ValueError for an unknown name.
    """
    return {name: _load(name) for name in names}


def extended(config: GeneratorConfig, extensions: Extensions) -> GeneratorConfig:
    """Return the configuration with the data files of the extensions added to the user's.

    The files are read, and their mistakes found, when factories of metrics and logs are made.
    """
    changes: dict[str, object] = {}
    added = extensions.values()
    if config.metrics is not None:
        files = (*config.metrics.catalogues, *_paths(one.metric_catalogues for one in added))
        changes["metrics"] = config.metrics.model_copy(update={"catalogues": files})
    if config.logs is not None:
        files = (*config.logs.patterns, *_paths(one.log_patterns for one in added))
        changes["logs"] = config.logs.model_copy(update={"patterns": files})
    return config.model_copy(update=changes)


def extension_attributes(
    extensions: Extensions, config: GeneratorConfig
) -> Iterator[SpanAttributes]:
    """Yield what extensions add to spans. Raises ConfigError for a key that is given twice."""
    makers = dict(configured_keys(config.traces)) if config.traces is not None else {}
    for name, extension in extensions.items():
        for attributes in extension.span_attributes:
            for key in sorted(attributes.keys):
                _claim(makers, key, name, f"gives spans the attribute {key}")
            yield attributes


def extension_sources(
    extensions: Extensions, world: World, taken: Sequence[Source]
) -> Iterator[Source]:
    """Yield the signals that extensions make. Raises ConfigError for a signal made twice."""
    makers = {source.signal.value: f"the {source.signal} section" for source in taken}
    for name, extension in extensions.items():
        for source in extension.sources(world) if extension.sources else ():
            _claim(makers, source.signal.value, name, f"makes {source.signal}")
            yield source


def _paths(groups: Iterator[Sequence[Path]]) -> Iterator[str]:
    return (str(path) for group in groups for path in group)


def _claim(makers: dict[str, str], what: str, name: str, deed: str) -> None:
    """Note who makes something. Raises ConfigError when somebody does already."""
    place = f"extension {name}"
    if what in makers:
        raise ConfigError(place, f"{deed}, as does {makers[what]}", "leave one of the two out")
    makers[what] = place


def _load(name: str) -> Extension:
    entry = installed_extension(name)
    place, fix = f"extension {name}", "repair or reinstall its package"
    try:
        extension = entry.load()
    except Exception as error:  # noqa: BLE001 - a module of others may raise anything
        problem = f"cannot load {entry.value}: {type(error).__name__}: {error}"
        raise ConfigError(place, problem, fix) from None
    if not isinstance(extension, Extension):
        problem = f"{entry.value} is no Extension but {type(extension).__name__}"
        raise ConfigError(place, problem, fix)
    return extension
