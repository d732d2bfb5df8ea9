"""Writes the references that follow from the code: `configuration.md` and `commands.md`.

Everything in them comes from the pydantic models and the click commands themselves, so they cannot
say anything else than the program does. `make docs` runs it; a test runs it with `--check`.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from telemetry_common.units import format_size
from telemetry_generator.cli import command as generator
from telemetry_generator.config.model import GeneratorConfig
from telemetry_sender.cli import cli as sender
from telemetry_sender.config import SenderConfig

DOCS = Path(__file__).parent

_CONFIGURATION = """\
# Configuration

<!-- Written by docs/generate_reference.py; `make docs` writes it again. -->

Both commands read one YAML file (`--config`). `--set section.key=value` replaces a single setting.
An unknown key, a value of the wrong type or out of bounds is an error that names file, line and
key. The files in [configs](../configs) are examples of both.

A *duration* is written `250ms`, `30s`, `5m` or `1h30m`, or is a plain number of seconds. A *size*
is written `100KB`, `4MB` or `1.5GB` (powers of 1024), or is a plain number of bytes.
"""

_COMMANDS = """\
# Commands

<!-- Written by docs/generate_reference.py; `make docs` writes it again. -->

What `--help` says. Exit codes are explained under [errors](errors.md).
"""

_PAGE_WIDTH = 100

Row = tuple[str, str, str, str]


def pages() -> dict[Path, str]:
    """Return the text of every generated page."""
    configuration = [
        _CONFIGURATION,
        *_reference("telemetry-generator", GeneratorConfig),
        *_reference("telemetry-sender", SenderConfig),
    ]
    commands = [
        _COMMANDS,
        *_help("telemetry-generator", generator),
        *_help("telemetry-sender", sender),
    ]
    return {
        DOCS / "configuration.md": "\n".join(configuration),
        DOCS / "commands.md": "\n".join(commands),
    }


def _reference(name: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{_text(model.__doc__)}\n"
    yield "| setting | value | default | meaning |\n|---|---|---|---|"
    yield from (f"| {' | '.join(row)} |" for row in _rows(model, ""))
    yield ""


def _rows(model: type[BaseModel], above: str) -> Iterator[Row]:
    """Yield a row for each field of `model` and of the sections below it."""
    for name, field in model.model_fields.items():
        path = f"{above}{name}"
        section = _section(field.annotation)
        default = _default(field, section)
        meaning = _text(field.description or (section.__doc__ if section else ""))
        yield f"`{path}`", "section" if section else _value(field), default, meaning
        if section:
            yield from _rows(section, f"{path}.")


def _section(annotation: Any) -> type[BaseModel] | None:
    """Return the model of a field that is a section, optional or not."""
    if get_origin(annotation) in (Union, UnionType):
        return next(filter(None, map(_section, get_args(annotation))), None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return annotation if is_model else None


def _default(field: FieldInfo, section: type[BaseModel] | None) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "absent"
    if section and value == _empty(section):
        return "as below"
    return f"`{_written(value, _kind(field))}`"


def _empty(section: type[BaseModel]) -> BaseModel | None:
    """Return a section with nothing set; None when something must be."""
    required = any(field.is_required() for field in section.model_fields.values())
    return None if required else section()


def _written(value: Any, kind: str) -> str:
    """Return a value as a user would write it."""
    if kind == "duration":
        return f"{value:g}s"
    if kind == "size":
        return format_size(value).replace(".0 ", "")
    if isinstance(value, BaseModel):
        return f"{{{', '.join(f'{name}: {item:g}' for name, item in value)}}}"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value)


def _value(field: FieldInfo) -> str:
    """Describe the values that a field takes: what it is, and its bounds."""
    return f"{_kind(field)}{_bounds(field)}"


def _kind(field: FieldInfo) -> str:
    """Return what a field takes; only trying tells durations and sizes from plain numbers."""
    schema = _schema(field)
    if schema.get("format") == "path":
        return "path"
    written = {"number": ("90s", "duration"), "integer": ("2MB", "size")}
    example, kind = written.get(schema["type"], ("", ""))
    if kind and _accepts(field, example):
        return kind
    return _NAMES[schema["type"]]


_NAMES = {
    "integer": "integer",
    "number": "number",
    "array": "list of texts",
    "boolean": "`true` or `false`",
    "object": "names and texts",
    "string": "text",
}


def _schema(field: FieldInfo) -> dict[str, Any]:
    """Return the JSON Schema of a field, without the null of an optional one."""
    schema = _adapter(field).json_schema()
    kinds: list[dict[str, Any]] = [schema, *schema.get("anyOf", ())]
    return next(each for each in kinds if each.get("type", "null") != "null")


def _accepts(field: FieldInfo, value: str) -> bool:
    try:
        _adapter(field).validate_python(value)
    except ValidationError:
        return False
    return True


def _bounds(field: FieldInfo) -> str:
    marks = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    bounds = [
        f"{mark} {int(getattr(limit, name)):,}"
        for limit in field.metadata
        for name, mark in marks.items()
        if hasattr(limit, name)
    ]
    return f", {', '.join(bounds)}" if bounds else ""


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    """Return what validates a field outside its model."""
    annotated: Any = Annotated[field.annotation or Any, *(field.metadata or ("",))]
    return TypeAdapter(annotated)


def _text(docstring: str | None) -> str:
    """Return documentation as one line that fits into a cell of a table."""
    return " ".join((docstring or "").split()).replace("|", "\\|")


def _help(name: str, command: click.Command, above: click.Context | None = None) -> Iterator[str]:
    """Yield the help of a command and of those below it."""
    context = click.Context(
        command, info_name=name, parent=above, terminal_width=_PAGE_WIDTH, color=False
    )
    yield f"## {context.command_path}\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None, child
            yield from _help(child, found, context)


def main(arguments: Sequence[str]) -> None:
    """Write the pages; with `--check`, only fail when one of them is out of date."""
    stale = [path for path, text in pages().items() if not _is(path, text)]
    if "--check" in arguments and stale:
        sys.exit(f"error: out of date: {', '.join(map(str, stale))}; run `make docs`")
    for path in stale:
        path.write_text(pages()[path])


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    main(sys.argv[1:])
