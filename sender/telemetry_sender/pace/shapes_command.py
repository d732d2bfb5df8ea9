"""`telemetry-sender shapes`: what the named load shapes are."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from telemetry_common.errors import UsageError
from telemetry_common.printing import printing
from telemetry_common.units import format_duration
from telemetry_sender.config.named_shapes import NAMED_SHAPES, NamedShape
from telemetry_sender.pace.kinds import load_of
from telemetry_sender.pace.mean_rates import mean_rates
from telemetry_sender.pace.shape import LoadShape
from telemetry_sender.sparkline import sparkline

_WIDTH = 32
_WIDTH_OF_ONE = 60
# More of them would run into one another.
_PERIODS_SHOWN = 2
# The way of a random walk differs from run to run; this is one of them.
_SEED = 1


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def shapes(name: str | None, as_json: bool) -> None:
    """List the named load shapes, or show the one called NAME.

    Use one with `telemetry-sender --config FILE --shape NAME`; docs/shapes.md explains how to
    describe your own.
    """
    chosen = list(NAMED_SHAPES.values()) if name is None else [_named(name)]
    with printing():
        if as_json:
            found = [_as_json(shape) for shape in chosen]
            click.echo(json.dumps(found if name is None else found[0], indent=2))
        elif name is None:
            Console(highlight=False).print(_table(chosen))
        else:
            click.echo(_page(chosen[0]))


def _named(name: str) -> NamedShape:
    if name not in NAMED_SHAPES:
        known = ", ".join(NAMED_SHAPES)
        raise UsageError("shapes", f"no shape is called {name!r}", f"choose one of {known}")
    return NAMED_SHAPES[name]


def _load(shape: NamedShape) -> LoadShape:
    return load_of(shape.shape, seed=_SEED)


def _table(chosen: list[NamedShape]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("shape", no_wrap=True)
    table.add_column("events/s", justify="right", no_wrap=True)
    table.add_column("for", justify="right", no_wrap=True)
    table.add_column("over its first", no_wrap=True)
    table.add_column("what it is for")
    for shape in chosen:
        load = _load(shape)
        duration = format_duration(shape.duration_seconds)
        table.add_row(
            shape.name, _range(load), duration, _line(shape, load, _WIDTH), shape.description
        )
    return table


def _range(load: LoadShape) -> str:
    if load.lowest == load.highest:
        return f"{load.highest:,.0f}"
    return f"{load.lowest:,.0f} to {load.highest:,.0f}"


def _line(shape: NamedShape, load: LoadShape, width: int) -> str:
    """Return the sparkline, and of how long a time it is."""
    period = getattr(shape.shape, "period", None) or getattr(shape.shape, "every", None)
    shown = min(shape.duration_seconds, (period or shape.duration_seconds) * _PERIODS_SHOWN)
    bars = sparkline(mean_rates(load, shown, width), load.highest)
    return f"{bars} {format_duration(shown)}"


def _page(shape: NamedShape) -> str:
    load = _load(shape)
    lines = [
        f"{shape.name}: {shape.description}",
        f"{_range(load)} events/s for {format_duration(shape.duration_seconds)}",
        f"{load.events(shape.duration_seconds):,.0f} events in all",
        _line(shape, load, _WIDTH_OF_ONE),
        f"shape: {json.dumps(_description(shape))}",
        *(f"{key}: {json.dumps(value)}" for key, value in shape.settings().items()),
    ]
    return "\n".join(lines)


def _description(shape: NamedShape) -> dict[str, Any]:
    described: dict[str, Any] = shape.shape.model_dump(by_alias=True, exclude_none=True)
    return described


def _as_json(shape: NamedShape) -> dict[str, Any]:
    load = _load(shape)
    return {
        "name": shape.name,
        "description": shape.description,
        "lowest_events_per_second": load.lowest,
        "highest_events_per_second": load.highest,
        "duration_seconds": shape.duration_seconds,
        "events": load.events(shape.duration_seconds),
        "shape": _description(shape),
        "settings": shape.settings(),
        "rates": mean_rates(load, shape.duration_seconds, _WIDTH_OF_ONE),
    }
