"""Profiles: how many, of what, and how rich the dictionary is that they share."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from telemetry_common.config import MisplacedError
from telemetry_generator.config.base import Percentage, Section

TypeName = Literal["cpu", "wall", "off_cpu", "lock", "allocated_space", "allocated_objects"]
Recording = Literal["timestamps", "values", "both"]

Depth = Annotated[int, Field(gt=0, le=1_000)]

MAX_OBSERVATIONS = 500_000
"""Most observations of a profile: it is made as a whole."""


class StacksConfig(Section):
    """The stacks of the dictionary, which is sent with every request: keep it small."""

    per_service: Annotated[int, Field(gt=0, le=10_000)] = 64
    """Number of different stacks of a service."""
    functions_per_service: Annotated[int, Field(gt=0, le=10_000)] = 40
    """Number of functions of a service's own, besides those that its spans name."""
    min_depth: Depth = 10
    """Fewest frames of a stack of work; those of idle threads are shorter."""
    max_depth: Depth = 32
    """Most frames, unless runtime, framework, handler and driver alone have more."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min_depth > self.max_depth:
            raise MisplacedError(("min_depth",), f"above max_depth {self.max_depth}")
        return self


class ProfileLinksConfig(Section):
    """Samples that name a span; without traces there are none."""

    spans: Annotated[int, Field(ge=0, le=100_000)] = 1_000
    """Number of spans in the dictionary, spread over the traces; about 30 bytes each."""
    percentage: Percentage = 25.0
    """Share of the samples that name one of them."""


class ProfilesConfig(Section):
    """Profiles: every instance of a service reports one of each type, in turn."""

    count: Annotated[int, Field(gt=0, le=1 << 40)] = 1_000
    """Number of profiles."""
    samples_per_profile: Annotated[int, Field(gt=0, le=100_000)] = 100
    """Number of samples of each, no two of the same stack, thread and span; at most
    `stacks.per_service * threads`."""
    types: Annotated[tuple[TypeName, ...], Field(min_length=1, strict=False)] = (
        "cpu",
        "allocated_space",
    )
    """What is profiled: `cpu`, `wall`, `off_cpu`, `lock`, `allocated_space` or `allocated_objects`;
    several, but none twice."""
    duration_ms: Annotated[int, Field(gt=0, le=3_600_000)] = 10_000
    """How long a profile lasts; longer where the trace that it names takes over half of that."""
    frequency_hz: Annotated[int, Field(gt=0, le=100_000)] = 100
    """Samples a second of a thread, of `cpu` and `wall` profiles: the period."""
    recording: Recording = "both"
    """What a sample records of each observation: `timestamps`, `values`, or `both`. With `values`
    alone there is one, the sum of all observations."""
    max_observations: Annotated[int, Field(gt=0, le=1_000)] = 8
    """Most observations of a sample; hot stacks have more than others. All samples of a profile
    may have 500,000."""
    threads: Annotated[int, Field(gt=0, le=1_000)] = 8
    """Number of threads of an instance."""
    stacks: StacksConfig = StacksConfig()
    """The stacks that samples name."""
    links: ProfileLinksConfig = ProfileLinksConfig()
    """The spans that samples name."""

    @field_validator("types")
    @classmethod
    def _types_differ(cls, given: tuple[TypeName, ...]) -> tuple[TypeName, ...]:
        for at, name in enumerate(given):
            if name in given[:at]:
                raise MisplacedError((at,), f"{name!r} is given twice")
        return given

    @model_validator(mode="after")
    def _samples_differ(self) -> Self:
        most = self.stacks.per_service * self.threads
        if self.samples_per_profile > most:
            problem = f"there are only {most:,} different samples: stacks.per_service * threads"
            raise MisplacedError(("samples_per_profile",), problem)
        return self

    @model_validator(mode="after")
    def _fits_memory(self) -> Self:
        if self.samples_per_profile * self.max_observations > MAX_OBSERVATIONS:
            problem = f"samples_per_profile * max_observations is above {MAX_OBSERVATIONS:,}"
            raise MisplacedError(("max_observations",), problem)
        return self
