"""Typed configuration from YAML: every error names the file, the line, the key and the fix."""

import difflib
import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from telemetry_common.errors import ConfigError, reason

ConfigPath = tuple[str | int, ...]

_MAX_KEYS = 100_000
_EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,2}")


class ConfigModel(BaseModel):
    """Base of all configuration sections: immutable, and an unknown key is an error.

    A field with `repr=False` may hold secrets: no error ever shows what it was set to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class MisplacedError(ValueError):
    """Raised in a validator of a section for a value further down: `path` leads there."""

    def __init__(self, path: ConfigPath, problem: str, fix: str = "correct the value") -> None:
        super().__init__(problem)
        self.path = path
        self.fix = fix


Model = TypeVar("Model", bound=ConfigModel)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a configuration came from: values, and for each path the place that set it."""

    name: str
    values: dict[str, Any]
    places: Mapping[ConfigPath, str]

    def place(self, path: ConfigPath) -> str:
        """Return `file:line` of the nearest known ancestor of `path`."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                return self.places[path[:length]]
        return self.name


def load_config(model: type[Model], file: Path, overrides: Sequence[str] = ()) -> Model:
    """Read `file`, apply `KEY=VALUE` overrides, and return the validated `model`.

    Raises ConfigError naming file, line and key for anything that is not valid.
    """
    return validate(model, apply_overrides(read_yaml(file), overrides))


def validate(model: type[Model], source: Source) -> Model:
    """Return `source` as `model`; raises ConfigError for the first problem, and counts the rest."""
    try:
        return model.model_validate(source.values)
    except ValidationError as error:
        raise _config_error(model, source, error) from None


def read_yaml(file: Path) -> Source:
    """Read a YAML mapping together with the line of every key. Raises ConfigError."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problem = _reading_problem(error)
        raise ConfigError(str(file), problem, "give an existing YAML file") from None
    return parse_yaml(text, str(file))


def parse_yaml(text: str, name: str) -> Source:
    """Parse YAML `text` (safe loading only); `name` is what errors call it. Raises ConfigError."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = f"not valid YAML: {error.problem}"
        raise ConfigError(f"{name}:{line}", problem, "correct the syntax") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = f"not valid YAML: {' '.join(str(error).split())}"
        raise ConfigError(name, problem, "correct the syntax") from None
    if not isinstance(values, dict) or node is None:
        raise ConfigError(f"{name}:1", "not a mapping of sections", "start with a section key")
    return Source(name, values, _places(node, name))


def _reading_problem(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return reason(error)
    return f"not UTF-8 text at byte {error.start}"


def _places(node: yaml.Node, name: str) -> dict[ConfigPath, str]:
    """Return the place of every key; a limit stops aliases that multiply without end."""
    places: dict[ConfigPath, str] = {}
    try:
        for path, place in _node_places(node, (), name):
            places[path] = place
            if len(places) > _MAX_KEYS:
                raise ConfigError(name, f"more than {_MAX_KEYS:,} values", "make the file smaller")
    except RecursionError:
        raise ConfigError(name, "nested without end", "remove the alias to itself") from None
    return places


def _node_places(node: yaml.Node, path: ConfigPath, name: str) -> Iterable[tuple[ConfigPath, str]]:
    yield path, f"{name}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        yield from _mapping_places(node, path, name)
    elif isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            yield from _node_places(child, (*path, index), name)


def _mapping_places(
    node: yaml.MappingNode, path: ConfigPath, name: str
) -> Iterable[tuple[ConfigPath, str]]:
    seen: set[str] = set()
    for key, child in node.value:
        line = key.start_mark.line + 1
        if key.value in seen:
            raise ConfigError(f"{name}:{line}", f"duplicate key {key.value!r}", "remove one")
        seen.add(key.value)
        below = (*path, key.value)
        yield from _node_places(child, below, name)
        yield below, f"{name}:{line}"


def apply_overrides(source: Source, overrides: Sequence[str]) -> Source:
    """Return `source` with each `a.b.c=VALUE` set; VALUE is read as YAML. Raises ConfigError."""
    values = _copied(source.values)
    places = source.places
    for override in overrides:
        key, separator, text = override.partition("=")
        place = f"--set {key}"
        path = tuple(key.split("."))
        if not separator or not all(path):
            raise ConfigError(f"--set {override}", "not KEY=VALUE", "write section.key=value")
        _assign(values, path, _scalar(text, place), place)
        places = _placed(places, path, place)
    return Source(source.name, values, places)


def _placed(
    places: Mapping[ConfigPath, str], path: ConfigPath, place: str
) -> dict[ConfigPath, str]:
    """Return `places` after `place` has set `path`, and made the sections above that were not."""
    above = {path[:depth]: place for depth in range(1, len(path))}
    kept = {each: at for each, at in places.items() if each[: len(path)] != path}
    return {**above, **kept, path: place}


def _copied(value: Any) -> Any:
    return {key: _copied(item) for key, item in value.items()} if isinstance(value, dict) else value


def _scalar(text: str, place: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise ConfigError(place, "not a YAML value", "quote the value") from None


def _assign(values: dict[str, Any], path: Sequence[str], value: Any, place: str) -> None:
    for depth, name in enumerate(path[:-1], start=1):
        if values.get(name) is None:
            values[name] = {}
        if not isinstance(values[name], dict):
            above = ".".join(path[:depth])
            raise ConfigError(
                place, f"{above} is a value, not a section", "name a key in a section"
            )
        values = values[name]
    values[path[-1]] = value


def _config_error(model: type[BaseModel], source: Source, error: ValidationError) -> ConfigError:
    details = error.errors(include_url=False)
    first = details[0]
    cause = first.get("ctx", {}).get("error")
    misplaced = cause if isinstance(cause, MisplacedError) else None
    path = _plain_path(source.values, (*first["loc"], *(misplaced.path if misplaced else ())))
    described = _describe(first) + _shown_input(model, path, first)
    problem = f"{_dotted(path)}: {described}" if path else described
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    fix = misplaced.fix if misplaced else _fix(model, path, first)
    return ConfigError(source.place(path), problem + more, fix)


def _plain_path(values: Any, loc: Sequence[str | int]) -> ConfigPath:
    """Drop the steps that pydantic adds to a location for unions and validators."""
    path: list[str | int] = []
    for position, step in enumerate(loc):
        if isinstance(values, list) and isinstance(step, int) and step < len(values):
            values = values[step]
        elif isinstance(values, dict) and (step in values or position == len(loc) - 1):
            values = values.get(step)
        else:
            continue
        path.append(step)
    return tuple(path)


def _dotted(path: ConfigPath) -> str:
    return ".".join(str(step) for step in path)


# Where pydantic speaks of Python's types, or of more than there is to say.
_PROBLEMS = {
    "dict_type": "not a section with keys",
    "extra_forbidden": "unknown key",
    "missing": "missing",
    "model_type": "not a section with keys",
    "path_type": "not a path",
    "tuple_type": "not a list",
}


def _describe(error: ErrorDetails) -> str:
    if error["type"] in _PROBLEMS:
        return _PROBLEMS[error["type"]]
    message = error["msg"].removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}"


def _shown_input(model: type[BaseModel], path: ConfigPath, error: ErrorDetails) -> str:
    """Return the value given, unless it is a whole section, or may be secret."""
    value = error["input"]
    telling = error["type"] not in ("extra_forbidden", "missing", "model_type", "dict_type")
    scalar = isinstance(value, str | int | float | bool) or value is None
    return f" (got {value!r})" if telling and scalar and not _is_secret(model, path) else ""


def _is_secret(model: type[BaseModel], path: ConfigPath) -> bool:
    return any(field is not None and not field.repr for field in _fields(model, path))


def _fields(model: type[BaseModel], path: ConfigPath) -> Iterable[FieldInfo | None]:
    """Yield the field that each step of `path` names; None for a step that is no field."""
    for step in path:
        field = model.model_fields.get(str(step))
        yield field
        model = _below(model, field)


def _below(model: type[BaseModel], field: FieldInfo | None) -> type[BaseModel]:
    """Return the section that a step leads to; in one with free keys, what a free key holds."""
    extra = inspect.get_annotations(model).get("__pydantic_extra__")
    return _model_of(field.annotation if field else extra) or model


def _fix(model: type[BaseModel], path: ConfigPath, error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "add it"
    if error["type"] != "extra_forbidden":
        return _fix_of_number(error) or "correct the value"
    known = _known_keys(model, path[:-1], error["loc"])
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known keys: {', '.join(known)}"


def _fix_of_number(error: ErrorDetails) -> str | None:
    """Return how to write a number that YAML 1.1 takes for text, such as `1e6`."""
    text = error["input"]
    wanted = error["type"] in ("int_type", "float_type") and isinstance(text, str)
    if not wanted or not _EXPONENT.fullmatch(text):
        return None
    return f"write {Decimal(text):f}, because YAML takes an exponent without dot and sign for text"


def _known_keys(model: type[BaseModel], path: ConfigPath, loc: ConfigPath) -> list[str]:
    """Return the keys of the section at `path`; `loc` names the kind where there are several."""
    for field in _fields(model, path):
        kinds = _models_in(field.annotation) if field else []
        named = (kind for kind in kinds if _kind_of(kind) in loc)
        model = next(named, None) or _below(model, field)
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_of(annotation: Any) -> type[BaseModel] | None:
    return next(iter(_models_in(annotation)), None)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the sections that a field may hold: itself, in a list, or one of several kinds."""
    if get_origin(annotation) in (Union, UnionType, list, dict, tuple, Annotated):
        found = (_models_in(argument) for argument in get_args(annotation))
        return [model for models in found for model in models]
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    return [annotation] if is_model else []


def _kind_of(model: type[BaseModel]) -> Any:
    """Return what tells a section from its alternatives: its key `kind`, which has one value."""
    return model.model_fields["kind"].default if "kind" in model.model_fields else None
