"""Log records: how many, of which types, saying what, and tied to which spans."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.base import Percentage, Section, ServiceName
from telemetry_generator.config.choices import suggestion
from telemetry_generator.config.log_content import (
    BodyConfig,
    EventsConfig,
    LogSpansConfig,
    StackTracesConfig,
)
from telemetry_generator.config.log_patterns import (
    ParameterName,
    ParameterValues,
    PatternConfig,
    SeverityName,
)
from telemetry_generator.logs.catalogue import ACCESS, Catalogue, make_catalogue
from telemetry_generator.logs.patterns import TYPE_NAME
from telemetry_generator.logs.severity import Severity

APPLICATION, SYSTEM = "application", "system"

WrittenBy = Literal["services", "stores", "hosts"]


def _in_tenths(value: float) -> float:
    if round(value * 10) != round(value * 10, 6):
        raise ValueError("percentages go in steps of 0.1")
    return value


def _some_weight(value: dict[str, int]) -> dict[str, int]:
    if value and not sum(value.values()):
        raise ValueError("the weights sum to 0: give a severity some weight")
    return value


Share = Annotated[Percentage, AfterValidator(_in_tenths)]
Weight = Annotated[int, Field(ge=0, le=1_000_000)]
Severities = Annotated[dict[SeverityName, Weight], AfterValidator(_some_weight)]
Services = Annotated[tuple[ServiceName, ...], Field(strict=False)]
Patterns = Annotated[tuple[PatternConfig, ...], Field(strict=False)]
FileName = Annotated[str, Field(min_length=1)]


def per_mille(percentage: float) -> int:
    """Return a percentage in thousandths: exact, where one of 0.1 steps is not."""
    return round(percentage * 10)


class LogTypeConfig(Section):
    """One type of log record."""

    percentage: Share
    """Share of the records, in percent, in steps of 0.1."""
    services: Services = ()
    """The services that write such records; empty means all that can."""
    severities: Severities = Field(default={})
    """Weight of each severity: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`."""
    written_by: WrittenBy = "services"
    """Who writes them: `services`, inside spans; data `stores` or `hosts`, outside."""
    patterns: Patterns = ()
    """Messages of this type, beside those in pattern files."""

    @model_validator(mode="after")
    def _hosts_are_no_services(self) -> Self:
        if self.services and self.written_by == "hosts":
            raise MisplacedError(("services",), "hosts write this type: leave the services out")
        return self


class AccessLogConfig(Section):
    """Access log of the HTTP services; its severity follows the response code."""

    percentage: Share = 40
    """Share of the records, in percent, in steps of 0.1."""
    services: Services = ()
    """The services that write such records; empty means all that serve HTTP."""


class ApplicationLogConfig(Section):
    """What the services' own code logs."""

    percentage: Share = 40
    """Share of the records, in percent, in steps of 0.1."""
    services: Services = ()
    """The services that write such records; empty means all."""
    severities: Severities = Field(default={"DEBUG": 10, "INFO": 60, "WARN": 20, "ERROR": 10})
    """Weight of each severity: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`."""
    patterns: Patterns = ()
    """Further messages, beside those that come with the package."""


class SystemLogConfig(Section):
    """What hosts log: kernel, daemons, the kubelet; such a record belongs to no span."""

    percentage: Share = 20
    """Share of the records, in percent, in steps of 0.1."""
    severities: Severities = Field(default={"INFO": 80, "WARN": 15, "ERROR": 5})
    """Weight of each severity: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`."""
    patterns: Patterns = ()
    """Further messages, beside those that come with the package."""


# Types whose patterns come with the package, though no record has them unless asked for.
_OPTIONAL: Mapping[str, tuple[WrittenBy, dict[str, int]]] = {
    "database": ("stores", {"DEBUG": 5, "INFO": 70, "WARN": 18, "ERROR": 6, "FATAL": 1}),
    "audit": ("services", {"INFO": 85, "WARN": 14, "ERROR": 1}),
}


class LogTypesConfig(Section):
    """The types of log records; their percentages sum to 100.

    Any other name is a type of the user's own, or `database` or `audit`, whose messages come with
    the package.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, LogTypeConfig] = Field(init=False)

    http_access: AccessLogConfig = AccessLogConfig()
    """Access log of the HTTP services; its severity follows the response code."""
    application: ApplicationLogConfig = ApplicationLogConfig()
    """What the services' own code logs."""
    system: SystemLogConfig = SystemLogConfig()
    """What hosts log: kernel, daemons, the kubelet; such a record belongs to no span."""

    def resolved(self) -> dict[str, LogTypeConfig]:
        """Return all types in the same form, with the defaults of those that have some."""
        return {
            ACCESS: _same_form(self.http_access),
            APPLICATION: _same_form(self.application),
            SYSTEM: _same_form(self.system).model_copy(update={"written_by": "hosts"}),
            **{name: _with_defaults(name, one) for name, one in self.__pydantic_extra__.items()},
        }

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        total = sum(per_mille(one.percentage) for one in self.resolved().values())
        if total != 1000:
            raise ValueError(f"percentages must sum to 100, not {total / 10:g}")
        for name in self.__pydantic_extra__:
            if not TYPE_NAME.fullmatch(name):
                raise MisplacedError((name,), "a type is named by small letters, digits and _")
        return self


def _same_form(one: Section) -> LogTypeConfig:
    return LogTypeConfig.model_validate(
        {name: getattr(one, name) for name in type(one).model_fields}
    )


def _with_defaults(name: str, one: LogTypeConfig) -> LogTypeConfig:
    written_by, severities = _OPTIONAL.get(name, ("services", {}))
    defaults = {"written_by": written_by, "severities": severities}
    given = one.model_fields_set
    return one.model_copy(update={key: defaults[key] for key in defaults.keys() - given})


class LogsConfig(Section):
    """Log records: access logs, applications, hosts, and types of the user's own."""

    count: Annotated[int, Field(gt=0, le=1 << 40)] = 50_000
    """Number of log records."""
    types: LogTypesConfig = LogTypesConfig()
    """The share of each type."""
    spans: LogSpansConfig = LogSpansConfig()
    """Which records belong to spans."""
    events: EventsConfig = EventsConfig()
    """Records that are events."""
    body: BodyConfig = BodyConfig()
    """What the bodies of records look like."""
    stack_traces: StackTracesConfig = StackTracesConfig()
    """Stack traces of errors."""
    patterns: Annotated[tuple[FileName, ...], Field(strict=False)] = ()
    """Files with further messages: tables (`.tsv`) or YAML."""
    parameters: dict[ParameterName, ParameterValues] = Field(default={})
    """Values of `{name}` in messages: a list, `first..last`, `hex:8`, `10.0.*.*`, or a file."""

    def catalogue(self) -> Catalogue:
        """Return all patterns. Raises ConfigError or MisplacedError where they are not valid."""
        inline = {name: one.patterns for name, one in self.types.resolved().items()}
        return make_catalogue([Path(file) for file in self.patterns], self.parameters, inline)

    def check_services(self, names: Collection[str]) -> None:
        """Raise MisplacedError for a service that is named here and does not exist."""
        for log_type, one in self.types.resolved().items():
            for index, name in enumerate(one.services):
                if name not in names:
                    path: ConfigPath = ("types", log_type, "services", index)
                    problem = f"no service is called {name!r}; {suggestion(name, names)}"
                    raise MisplacedError(path, problem)

    @model_validator(mode="after")
    def _types_have_patterns(self) -> Self:
        catalogue = self.catalogue()
        for log_type, one in self.types.resolved().items():
            if one.percentage and log_type != ACCESS:
                _check_type(log_type, one, catalogue)
        return self


def _check_type(log_type: str, one: LogTypeConfig, catalogue: Catalogue) -> None:
    """Check that a type has patterns, and some for each of its severities."""
    patterns = catalogue.of_type(log_type)
    if not patterns:
        hint = suggestion(log_type, [ACCESS, *catalogue.types()])
        problem = f"has no patterns: list some, or name a type that comes with them; {hint}"
        raise MisplacedError(("types", log_type), problem)
    for name in one.severities:
        if one.severities[name] and not any(each.fits(Severity[name]) for each in patterns):
            path: ConfigPath = ("types", log_type, "severities", name)
            raise MisplacedError(path, f"no pattern of {log_type} has this severity: add one")
