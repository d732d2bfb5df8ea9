"""Writes the references that follow from the code: `configuration.md` and `commands.md`.

Everything in them comes from the pydantic models and the click commands themselves, so they cannot
say anything else than the program does. `make docs` runs it; a test runs it with `--check`.
"""

import inspect
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from telemetry_common.units import format_size
from telemetry_generator.cli import command as generator
from telemetry_generator.config.model import GeneratorConfig
from telemetry_sender.cli import cli as sender
from telemetry_sender.config.files import FileOptions, PlaceOptions
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sinks.built_in import BUILT_IN, loaded

DOCS = Path(__file__).parent

_CONFIGURATION = """\
# Configuration

<!-- Written by docs/generate_reference.py; `make docs` writes it again. -->

Both commands read one YAML file (`--config`). `--set section.key=value` replaces a single setting.
An unknown key, a value of the wrong type or out of bounds is an error that names file, line and
key. The files in [configs](../configs) are examples of both.

A *duration* is written `250ms`, `30s`, `5m` or `1h30m`, or is a plain number of seconds. A *size*
is written `100KB`, `4MB` or `1.5GB` (powers of 1024), or is a plain number of bytes.

In the names of settings, `*` stands for a name of your own, and `[]` for each entry of a list:
`topology.services.*.calls[].to` is whom a call of a service leads to.
"""

_SINKS = """\
What stands under `sinks[].options`, or behind the name on the command line
(`--sink NAME:OPTION=VALUE`); see [sinks.md](sinks.md). Sinks that leave files behind have these,
and some of their own below."""

_COMPRESSED = "All but `arrow` and `parquet`, which have their own, also have these."

_COMMANDS = """\
# Commands

<!-- Written by docs/generate_reference.py; `make docs` writes it again. -->

What `--help` says. Exit codes are explained under [errors](errors.md).
"""

_PAGE_WIDTH = 100

Row = tuple[str, str, str, str]
Schema = dict[str, Any]


def pages() -> dict[Path, str]:
    """Return the text of every generated page."""
    configuration = [
        _CONFIGURATION,
        *_reference("telemetry-generator", GeneratorConfig),
        *_reference("telemetry-sender", SenderConfig),
        *_sinks(),
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
    yield from (f"| {' | '.join(row)} |" for row in _rows(model, "", {}))
    yield ""


def _sinks() -> Iterator[str]:
    """Yield what sinks can be told: first what all sinks of files have, then what is their own."""
    yield "## Options of sinks\n"
    yield f"{_SINKS}\n"
    common, compressed = (list(_rows(each, "", {})) for each in (PlaceOptions, FileOptions))
    yield from _table(common)
    yield f"{_COMPRESSED}\n"
    yield from _table(row for row in compressed if row not in common)
    for name, sink in BUILT_IN.items():
        model = loaded(sink.options) if sink.options else BaseModel
        shared = compressed if issubclass(model, FileOptions) else common
        own = [row for row in _rows(model, "", {}) if row not in shared]
        yield f"### {name}\n"
        yield f"{sink.summary}\n"
        yield from _table(own) if own else ()


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield "| option | value | default | meaning |\n|---|---|---|---|"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _rows(model: type[BaseModel], above: str, shown: dict[type[BaseModel], str]) -> Iterator[Row]:
    """Yield a row for each field of `model` and of the sections below it.

    `shown` has the places of the sections that have had their rows, to refer to them.
    """
    for name, field in model.model_fields.items():
        path = f"{above}{field.alias or name}"
        kinds = _kinds(field.annotation)
        held = None if kinds else _held(field.annotation)
        default = _default(field, held.model if held and not held.steps else None)
        meaning = _text(field.description or (held.model.__doc__ if held else ""))
        earlier = shown.get(held.model) if held else None
        reference = f" Keys as under `{earlier}`." if earlier else ""
        yield f"`{path}`", _value(field), default, meaning + reference
        if held and not earlier:
            yield from _rows_below(held, path, shown)
        for kind, section in kinds.items():
            yield f"`{path}` ({kind})", "section", "", _text(section.__doc__)
            yield from _rows(section, f"{path}.", shown)
    free = _held(inspect.get_annotations(model).get("__pydantic_extra__"))
    if free:
        yield f"`{above}*`", "section", "absent", _text(free.model.__doc__)
        yield from _rows_below(Held("", free.model), f"{above}*", shown)


def _kinds(annotation: Any) -> dict[str, type[BaseModel]]:
    """Return the sections that a key `kind` chooses from, by what it has to say."""
    models = [held.model for held in map(_held, get_args(annotation)) if held]
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    if len(models) < 2:
        inside = [_kinds(each) for each in get_args(annotation)]
        return next(filter(None, inside), {})
    return {model.model_fields["kind"].default: model for model in models}


def _rows_below(held: "Held", path: str, shown: dict[type[BaseModel], str]) -> Iterator[Row]:
    place = f"{path}{held.steps}"
    shown[held.model] = place
    yield from _rows(held.model, f"{place}.", shown)


class Held(NamedTuple):
    """The section that a field holds, and the steps to it: `.*` by name, `[]` by place."""

    steps: str
    model: type[BaseModel]


def _held(annotation: Any) -> Held | None:
    """Return the section in a field: itself, optional, in a list or by name; None for a value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return Held("", annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    step = {dict: ".*", tuple: "[]", list: "[]"}.get(origin, "")
    inside = arguments[:1] if origin is Annotated else arguments
    found = next(filter(None, map(_held, inside)), None)
    return Held(step + found.steps, found.model) if found else None


def _default(field: FieldInfo, section: type[BaseModel] | None) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "absent"
    if section and value == _empty(section):
        return "as below"
    return f"`{_written(value, _value(field))}`"


def _empty(section: type[BaseModel]) -> BaseModel | None:
    """Return a section with nothing set; None when something must be."""
    required = any(field.is_required() for field in section.model_fields.values())
    return None if required else section()


def _written(value: Any, kind: str) -> str:
    """Return a value as a user would write it."""
    if kind.startswith("duration"):
        return f"{value:g}s"
    if kind.startswith("size"):
        return format_size(value).replace(".0 ", "")
    if isinstance(value, BaseModel):
        return f"{{{', '.join(f'{name}: {item:g}' for name, item in value)}}}"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value, default=_plain)


def _plain(value: BaseModel) -> Schema:
    return value.model_dump(exclude_defaults=True)


def _value(field: FieldInfo) -> str:
    """Describe the values that a field takes: what it is, and its bounds."""
    schema = _adapter(field).json_schema()
    found = _described(_limits(field) | schema, schema.get("$defs", {}))
    for begins, example, description in _ALSO_TAKEN:
        if found.startswith(begins) and _accepts(field, example):
            return description.format(found, bounds=found.removeprefix(begins))
    return found


# The schema does not know what is read before it applies; only trying tells. For what a field
# seems to take: an example of what it may take besides, and how to describe it then.
_ALSO_TAKEN: Sequence[tuple[str, Any, str]] = (
    ("number", "90s", "duration{bounds}"),
    ("integer", "2MB", "size{bounds}"),
    ("section", "text", "text or {}"),
    ("section", "90s", "duration or {}"),
    ("list of 2 integers", "1..4", "integer or range (`1..4`)"),
    ("list", "text", "text or {}"),
    ("names and lists", {"name": "0..9"}, "names and lists of values, or ranges (`0..9`)"),
)


def _described(schema: Schema, definitions: Schema) -> str:
    """Describe what a JSON Schema allows."""
    schema = _resolved(schema, definitions)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return _either(_described(each, definitions) for each in schema[keyword])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return _either(f"`{value}`" for value in schema["enum"])
    if schema.get("format") == "path":
        return "path"
    values = _items(schema) or _named_values(schema)
    if values is None:
        return f"{_NAMES[schema['type']]}{_bounds(schema)}"
    several = _several(values, definitions)
    count = f"{len(schema['prefixItems'])} " if "prefixItems" in schema else ""
    return f"list of {count}{several}" if schema["type"] == "array" else f"names and {several}"


def _several(schema: Schema, definitions: Schema) -> str:
    """Describe what a list or a mapping holds; bounds of its items stay unsaid."""
    schema = _resolved(schema, definitions)
    if "anyOf" in schema:
        return _either(_several(each, definitions) for each in schema["anyOf"])
    if "enum" in schema:
        return _described(schema, definitions)
    return f"{_NAMES_OF_ITEMS.get(schema['type'], _NAMES[schema['type']])}s"


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    """Return the schema that a reference leads to; any other as it is."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else schema


def _items(schema: Schema) -> Schema | None:
    return next(iter(schema.get("prefixItems", [])), schema.get("items"))


def _named_values(schema: Schema) -> Schema | None:
    """Return the schema of the values of a mapping with free keys; None for a section."""
    values = schema.get("additionalProperties")
    by_pattern = schema.get("patternProperties", {})
    found = next(iter(by_pattern.values()), values)
    return found if isinstance(found, dict) and "properties" not in schema else None


_NAMES = {
    "array": "list",
    "boolean": "`true` or `false`",
    "integer": "integer",
    "null": "",
    "number": "number",
    "object": "section",
    "string": "text",
}
_NAMES_OF_ITEMS = {"boolean": "boolean"}


def _either(alternatives: Iterable[str]) -> str:
    """Return alternatives in words, each once; every integer is a number, too."""
    distinct = [each for each in dict.fromkeys(alternatives) if each]
    for kind in ("number", "numbers"):
        if kind in distinct:
            distinct = [each for each in distinct if each != kind.replace("number", "integer")]
    *others, last = distinct
    return f"{', '.join(others)} or {last}" if others else last


_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_MARKS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def _limits(field: FieldInfo) -> Schema:
    """Return the bounds of a field as its schema has them, unless values are converted before."""
    return {
        keyword: getattr(limit, name)
        for limit in field.metadata
        for name, keyword in _LIMITS.items()
        if hasattr(limit, name)
    }


def _bounds(schema: Schema) -> str:
    found = (f", {mark} {int(schema[name]):,}" for name, mark in _MARKS.items() if name in schema)
    return "".join(found)


def _accepts(field: FieldInfo, value: Any) -> bool:
    try:
        _adapter(field).validate_python(value)
    except ValidationError:
        return False
    return True


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
