"""Log patterns as users write them: inline under a type, or in files of their own."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from telemetry_generator.config.base import Section
from telemetry_generator.config.choices import suggestion
from telemetry_generator.logs.severity import Severity

_NAME = r"^[a-z][a-z0-9_.]*$"

ParameterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
ParameterValues = (
    Annotated[str, Field(min_length=1)]
    | Annotated[tuple[str | int | float, ...], Field(strict=False, min_length=1)]
)


def _known_severity(name: str) -> str:
    if name not in Severity.__members__:
        raise ValueError(f"unknown severity; {suggestion(name, Severity.__members__)}")
    return name


SeverityName = Annotated[str, AfterValidator(_known_severity)]


def _keywords(value: Any) -> Any:
    """Return a list of names; a table has them in one cell, with commas."""
    if not isinstance(value, str):
        return value
    return tuple(name.strip() for name in value.split(",") if name.strip() not in ("", "*"))


class PatternConfig(Section):
    """A log message with `{parameters}`."""

    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    """The message; `{name}` stands for a parameter, `{{` and `}}` for braces."""
    severity: SeverityName | None = None
    """Severity of its records; absent fits every severity."""
    source: str = Field(default="app", min_length=1, max_length=200)
    """The logger or program that writes it: the scope's name."""
    services: Annotated[tuple[str, ...], BeforeValidator(_keywords), Field(strict=False)] = ()
    """Parts of the names of the services that write it; absent means all."""
    event: Annotated[str, Field(pattern=_NAME, max_length=200)] | None = None
    """Event name; the parameters become attributes."""


class FiledPatternConfig(PatternConfig):
    """A pattern in a file, which names the log type that it belongs to."""

    type: str
    """The log type."""


class PatternFileConfig(Section):
    """A file of patterns and parameters."""

    parameters: dict[ParameterName, ParameterValues] = Field(default={})
    """Values of parameters, as under `logs.parameters`."""
    patterns: tuple[FiledPatternConfig, ...] = Field(default=(), strict=False)
    """Patterns, each with its type."""
