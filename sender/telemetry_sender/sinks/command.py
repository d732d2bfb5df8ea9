"""`telemetry-sender sinks`: where blocks can go, and what each sink can be told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from rich.console import Console
from rich.table import Table

from telemetry_common.errors import UsageError
from telemetry_common.printing import printing
from telemetry_sender.sinks.built_in import BUILT_IN, loaded
from telemetry_sender.sinks.registry import sink_names

_DEFAULT_WIDTH = 24
_OF_ANOTHER_PACKAGE = "Of another package; see its documentation."


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that a sink can be told."""

    name: str
    """With those of the sections that it is in."""
    default: Any
    is_required: bool
    meaning: str


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def sinks(name: str | None, as_json: bool) -> None:
    """List the sinks that are installed, or what the one called NAME can be told.

    Use one with `telemetry-sender --config FILE --sink NAME:KEY=VALUE,KEY=VALUE`, or name it under
    `sinks` in the configuration; docs/sinks.md says more. One run may feed several.
    """
    names = sink_names() if name is None else [_known(name)]
    with printing():
        if as_json:
            found = [_as_json(each) for each in names]
            click.echo(json.dumps(found if name is None else found[0], indent=2))
        elif name is None:
            Console(highlight=False).print(_table(names))
        else:
            click.echo(f"{name}: {_summary(name)}")
            Console(highlight=False).print(_options_table(name))


def options_of(name: str) -> list[Option]:
    """Return what a sink can be told; nothing is known of those of other packages."""
    known = BUILT_IN.get(name)
    if known is None or known.options is None:
        return []
    return list(_options(loaded(known.options), ""))


def _options(model: type[BaseModel], above: str) -> Iterator[Option]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _options(inner, f"{above}{name}.")
        else:
            yield _option(above + name, field)


def _option(name: str, field: FieldInfo) -> Option:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return Option(name, default, field.is_required(), " ".join((field.description or "").split()))


def _known(name: str) -> str:
    if name not in sink_names():
        fix = f"choose one of {', '.join(sink_names())}"
        raise UsageError("sinks", f"no sink is called {name!r}", fix)
    return name


def _summary(name: str) -> str:
    return BUILT_IN[name].summary if name in BUILT_IN else _OF_ANOTHER_PACKAGE


def _table(names: list[str]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("sink", no_wrap=True)
    table.add_column("what it is")
    table.add_column("options beside directory")
    for name in names:
        own = [each.name for each in options_of(name) if each.name != "directory"]
        table.add_row(name, _summary(name), ", ".join(own))
    return table


def _options_table(name: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("option", no_wrap=True)
    table.add_column("default", max_width=_DEFAULT_WIDTH, overflow="fold")
    table.add_column("what it means")
    for option in options_of(name):
        default = "required" if option.is_required else _shown(option.default)
        table.add_row(option.name, default, option.meaning)
    return table


def _shown(value: Any) -> str:
    return "" if value is None else json.dumps(value, default=str, ensure_ascii=False)


def _as_json(name: str) -> dict[str, Any]:
    options = [
        {
            "name": option.name,
            "required": option.is_required,
            "default": json.loads(json.dumps(option.default, default=str)),
            "meaning": option.meaning,
        }
        for option in options_of(name)
    ]
    return {"name": name, "summary": _summary(name), "options": options}
