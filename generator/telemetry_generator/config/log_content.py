"""What log records carry: bodies and their sizes, events, stack traces, the ids of spans."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from telemetry_generator.config.base import Percentage, Section

MOST_BODY_BYTES = 1 << 20
"""A record must fit into a request, which receivers limit to 4 MiB."""

BodyBytes = Annotated[int, Field(gt=0, le=MOST_BODY_BYTES)]


class BodySizeConfig(Section):
    """The size of message texts in bytes: each is cut or continued to the size drawn for it."""

    min: BodyBytes
    """Fewest bytes of a text."""
    max: BodyBytes
    """Most bytes of a text."""
    distribution: Literal["uniform", "skewed"] = "uniform"
    """`uniform`, or `skewed`: most texts are short, few are long (log-normal)."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"must be min <= max, not min {self.min}, max {self.max}")
        return self


class BodyConfig(Section):
    """What the bodies of records look like."""

    structured: Percentage = 0
    """Percentage of the records whose body is a list of keys and values instead of text."""
    avg_bytes: Annotated[int, Field(gt=1, le=MOST_BODY_BYTES // 2)] | None = None
    """Mean size of the texts, which lie between half and one and a half of it."""
    size: BodySizeConfig | None = None
    """The size of the texts in full; absent leaves them as the patterns make them."""

    @property
    def sizes(self) -> BodySizeConfig | None:
        """The sizes asked for in either way."""
        if self.avg_bytes is None:
            return self.size
        half = self.avg_bytes // 2
        return BodySizeConfig(min=self.avg_bytes - half, max=self.avg_bytes + half)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.avg_bytes is not None and self.size is not None:
            raise ValueError("avg_bytes and size exclude each other: give one of them")
        return self


class EventsConfig(Section):
    """Records that are events: they have an event name, and their parameters as attributes."""

    percentage: Percentage = 5
    """Percentage of the records of each type whose patterns name events."""


class StackTracesConfig(Section):
    """Stack traces of several lines, in the language of the service."""

    percentage: Percentage = 50
    """Percentage of the errors that have one."""
    place: Literal["attribute", "body"] = "attribute"
    """Where it stands: in `exception.stacktrace`, or in the lines of the body below the message."""


class LogSpansConfig(Section):
    """Records inside spans: same resource, a time within, error logs in failed spans."""

    percentage: Percentage = 100
    """Percentage of the services' records, access logs included, that belong to a span."""
