"""Finds transformers by the name of their entry point."""

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Literal, cast

from telemetry_common.errors import ConfigError
from telemetry_sender.config.transformers import TransformerConfig
from telemetry_sender.transformers.base import (
    Transformer,
    TransformerFactory,
    TransformerSetting,
)

ENTRY_POINT_GROUP = "stampede.transformers"


def make_transformers(
    configs: Sequence[TransformerConfig],
    environ: Mapping[str, str],
    when: Literal["load", "send"],
) -> list[Transformer]:
    """Return the configured transformers of templates (`load`) or requests (`send`), in order.

    Raises ConfigError for what cannot be had.
    """
    chosen = ((number, each) for number, each in enumerate(configs) if each.when == when)
    return [_made(number, config, environ) for number, config in chosen]


def _made(number: int, config: TransformerConfig, environ: Mapping[str, str]) -> Transformer:
    place = f"transformers[{number}]"
    factory = _found(place, config.name)
    try:
        return factory(TransformerSetting(config.options, environ))
    except ValueError as error:
        raise ConfigError(f"{place}.options", str(error), "correct the options") from None


def _found(place: str, name: str) -> TransformerFactory:
    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return _loaded(place, entry)
    installed = ", ".join(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP)) or "none"
    problem = f"no transformer is called {name!r}; installed: {installed}"
    raise ConfigError(f"{place}.name", problem, "install the package that brings it")


def _loaded(place: str, entry: EntryPoint) -> TransformerFactory:
    try:
        return cast("TransformerFactory", entry.load())
    except (ImportError, AttributeError) as error:
        problem = f"cannot load {entry.value}: {error}"
        raise ConfigError(f"{place}.name", problem, "reinstall its package") from None
