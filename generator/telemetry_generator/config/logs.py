"""Log records: how many, and of which types."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from telemetry_generator.config.base import Percentage, Section


class LogTypeConfig(Section):
    """The share of one type of log record."""

    percentage: Percentage
    """Share of the records, in percent, in steps of 0.1."""

    @field_validator("percentage")
    @classmethod
    def _in_tenths(cls, value: float) -> float:
        if round(value * 10) != round(value * 10, 6):
            raise ValueError("percentages go in steps of 0.1")
        return value

    @property
    def per_mille(self) -> int:
        """The share in thousandths: exact, where a percentage of 0.1 steps is not."""
        return round(self.percentage * 10)


class LogTypesConfig(Section):
    """The types of log records; their percentages sum to 100."""

    http_access: LogTypeConfig = LogTypeConfig(percentage=40)
    """Access log of the HTTP services."""
    application: LogTypeConfig = LogTypeConfig(percentage=40)
    """What the services' own code logs: 10 % DEBUG, 60 % INFO, 20 % WARN, 10 % ERROR."""
    system: LogTypeConfig = LogTypeConfig(percentage=20)
    """What hosts log; such a record belongs to no span."""

    @property
    def per_mille(self) -> dict[str, int]:
        """The share of each type in thousandths."""
        return {
            "http_access": self.http_access.per_mille,
            "application": self.application.per_mille,
            "system": self.system.per_mille,
        }

    @model_validator(mode="after")
    def _sums_to_all(self) -> Self:
        total = sum(self.per_mille.values())
        if total != 1000:
            raise ValueError(f"percentages must sum to 100, not {total / 10:g}")
        return self


class LogsConfig(Section):
    """Log records of three types."""

    count: Annotated[int, Field(gt=0, le=1 << 40)] = 50_000
    """Number of log records."""
    types: LogTypesConfig = LogTypesConfig()
    """The share of each type."""
