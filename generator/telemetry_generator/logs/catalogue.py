"""The catalogue: all patterns and parameters of a configuration, shipped and the user's own."""

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_common.errors import ConfigError
from telemetry_generator.config.choices import suggestion
from telemetry_generator.config.log_patterns import PatternConfig
from telemetry_generator.logs.parameters import (
    Parameter,
    Values,
    make_parameter,
    shipped_parameters,
)
from telemetry_generator.logs.pattern_files import PatternFile, read_pattern_file
from telemetry_generator.logs.patterns import Pattern, split_text
from telemetry_generator.logs.severity import Severity

ACCESS = "http_access"
"""The type whose lines have a format of their own instead of patterns."""

WORLD_PARAMETERS = frozenset({"service", "node", "pod", "namespace"})
"""Parameters whose values are names in the generated world."""

Blame = Callable[[ConfigPath, str], Exception]
"""Makes the error for a problem at this path in a file or section."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Patterns of all types, and the parameters that they use apart from those of the world."""

    patterns: tuple[Pattern, ...]
    parameters: Mapping[str, Parameter]

    def of_type(self, log_type: str) -> list[Pattern]:
        """Return the patterns of one log type."""
        return [pattern for pattern in self.patterns if pattern.type == log_type]

    def types(self) -> list[str]:
        """Return the log types that have patterns."""
        return sorted({pattern.type for pattern in self.patterns})


@cache
def shipped_catalogue() -> Catalogue:
    """Return what comes with the package."""
    with as_file(files("telemetry_generator") / "data" / "log_patterns.tsv") as path:
        shipped = read_pattern_file(path)
    parameters = shipped_parameters()
    return Catalogue(tuple(_of_file(shipped, parameters)), parameters)


def make_catalogue(
    paths: Iterable[Path],
    parameters: Mapping[str, Values],
    inline: Mapping[str, Sequence[PatternConfig]],
) -> Catalogue:
    """Return the shipped catalogue with the user's files, parameters and inline patterns.

    `inline` has the patterns under each type, and every type that there is. Raises ConfigError
    for a problem in a file, and MisplacedError with a path below `logs` for one in the
    configuration.
    """
    shipped = shipped_catalogue()
    read = [read_pattern_file(path) for path in paths]
    known = dict(shipped.parameters)
    for file in read:
        _check_types(file, {*inline, *shipped.types()} - {ACCESS})
        known |= _parameters(file.config.parameters, _in_file(file))
    known |= _parameters(parameters, MisplacedError)
    patterns = [pattern for file in read for pattern in _of_file(file, known)]
    for log_type, written in inline.items():
        blame = _under(log_type)
        patterns += _patterns([(log_type, one) for one in written], known, blame)
    return Catalogue((*shipped.patterns, *patterns), known)


def _of_file(file: PatternFile, known: Mapping[str, Parameter]) -> list[Pattern]:
    written = [(one.type, one) for one in file.config.patterns]
    return _patterns(written, known, _in_file(file))


def _check_types(file: PatternFile, known: Collection[str]) -> None:
    """Refuse patterns of a type that nobody has heard of: most likely a slip."""
    for index, one in enumerate(file.config.patterns):
        if one.type not in known:
            problem = f"unknown log type {one.type!r}; {suggestion(one.type, known)}"
            raise _in_file(file)(("patterns", index, "type"), problem)


def _in_file(file: PatternFile) -> Blame:
    def blame(path: ConfigPath, problem: str) -> Exception:
        dotted = ".".join(map(str, path))
        return ConfigError(file.source.place(path), f"{dotted}: {problem}", "correct the value")

    return blame


def _under(log_type: str) -> Blame:
    """Return what blames a pattern written under a type of the configuration."""
    return lambda path, problem: MisplacedError(("types", log_type, *path), problem)


def _patterns(
    written: Sequence[tuple[str, PatternConfig]], known: Mapping[str, Parameter], blame: Blame
) -> list[Pattern]:
    patterns: list[Pattern] = []
    for index, (log_type, one) in enumerate(written):
        try:
            patterns.append(_pattern(log_type, one, known))
        except ValueError as error:
            raise blame(("patterns", index, "text"), str(error)) from None
    return patterns


def _pattern(log_type: str, one: PatternConfig, known: Mapping[str, Parameter]) -> Pattern:
    literals, names = split_text(one.text)
    for name in names:
        if name not in known and name not in WORLD_PARAMETERS:
            raise ValueError(f"unknown parameter {{{name}}}{_hint(name, known)}")
    severity = Severity[one.severity] if one.severity else None
    return Pattern(log_type, severity, one.source, one.services, one.event or "", literals, names)


def _hint(name: str, known: Mapping[str, Parameter]) -> str:
    close = difflib.get_close_matches(name, [*known, *WORLD_PARAMETERS], n=1)
    return f"; did you mean {{{close[0]}}}?" if close else "; define it under logs.parameters"


def _parameters(written: Mapping[str, Values], blame: Blame) -> dict[str, Parameter]:
    made: dict[str, Parameter] = {}
    for name, values in written.items():
        if name in WORLD_PARAMETERS:
            raise blame(("parameters", name), "is a name of the generated world; choose another")
        try:
            made[name] = make_parameter(name, values)
        except ValueError as error:
            raise blame(("parameters", name), str(error)) from None
    return made
