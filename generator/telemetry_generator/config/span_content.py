"""What spans carry besides what their operation says: each section is off when it is absent."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from telemetry_generator.config.base import Percentage, Positive, Section
from telemetry_generator.semantics.custom import custom_key

AttributeKey = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
"""A key or a prefix of keys: printable ASCII without spaces."""

_ATTRIBUTE_BYTES, _LINK_BYTES, _EVENT_BYTES = 40, 50, 120
"""About what one of them takes, beside long keys and values."""


def _mean_bytes(percentage: float, fewest: int, most: int, each: int) -> int:
    """Return the bytes of a span, on average: some spans have `fewest` to `most` of `each`."""
    return round(percentage * (fewest + most) * each / 200)


class CustomAttributesConfig(Section):
    """Application attributes: one to three on some of the spans."""

    count: int = Field(default=30, gt=0, le=10_000)
    """Number of different attributes, from which those of a span are chosen."""
    percentage: Percentage = 30.0
    """Share of the spans that carry some."""

    @property
    def typical_bytes(self) -> int:
        """About how many bytes they add to a span, on average."""
        return _mean_bytes(self.percentage, 1, 3, _ATTRIBUTE_BYTES)

    def attribute_keys(self) -> Iterator[str]:
        """Yield the keys of all of them."""
        return map(custom_key, range(self.count))


class FatSpansConfig(Section):
    """Spans with many long attributes."""

    percentage: Percentage = 100.0
    """Share of the spans that are fat."""
    per_span_min: Annotated[int, Field(ge=0, le=1000)] = 5
    """Fewest extra attributes of a fat span."""
    per_span_max: Annotated[int, Field(ge=0, le=1000)] = 10
    """Most extra attributes of a fat span."""
    value_bytes: Annotated[int, Field(gt=0, le=65_536)] = 100
    """Length of each value in bytes."""
    key_prefix: AttributeKey = "custom.fat"
    """What the keys begin with: `custom.fat.1`, `custom.fat.2`, …."""

    @property
    def typical_bytes(self) -> int:
        """About how many bytes they add to a span, on average."""
        return _mean_bytes(
            self.percentage,
            self.per_span_min,
            self.per_span_max,
            self.value_bytes + len(self.key_prefix) + _ATTRIBUTE_BYTES // 2,
        )

    def attribute_keys(self) -> Iterator[str]:
        """Yield the keys of a span that has the most of them."""
        return (f"{self.key_prefix}.{number}" for number in range(1, self.per_span_max + 1))

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.per_span_min > self.per_span_max:
            raise ValueError(f"per_span_min {self.per_span_min} is above {self.per_span_max}")
        return self


class CardinalityConfig(Section):
    """An attribute with a given number of distinct values."""

    key: AttributeKey
    """The attribute, such as `app.customer.id`."""
    values: Annotated[int, Field(gt=0, le=10_000_000)]
    """Number of distinct values, every one of which a large set has."""
    percentage: Percentage = 100.0
    """Share of the spans that carry it."""

    @property
    def typical_bytes(self) -> int:
        """About how many bytes it adds to a span, on average."""
        return _mean_bytes(self.percentage, 1, 1, len(self.key) + _ATTRIBUTE_BYTES // 2)


class LinksConfig(Section):
    """Span links to the roots of earlier requests, besides those of consumers."""

    percentage: Percentage = 5.0
    """Share of the spans that have further links."""
    max: Annotated[Positive, Field(le=128)] = 3
    """Most further links of a span."""

    @property
    def typical_bytes(self) -> int:
        """About how many bytes they add to a span, on average."""
        return _mean_bytes(self.percentage, 1, self.max, _LINK_BYTES)


class EventsConfig(Section):
    """Span events, besides exceptions."""

    percentage: Percentage = 20.0
    """Share of the spans that have further events."""
    max: Annotated[Positive, Field(le=128)] = 3
    """Most further events of a span."""

    @property
    def typical_bytes(self) -> int:
        """About how many bytes they add to a span, on average."""
        return _mean_bytes(self.percentage, 1, self.max, _EVENT_BYTES)


class SamplingConfig(Section):
    """Traces that a head sampler has decided on: both the sampled and the others are in the set."""

    percentage: Annotated[float, Field(gt=0, le=100)]
    """Share of the traces that are marked as sampled."""
    tracestate: bool = True
    """Whether spans carry OpenTelemetry's `ot=th:…;rv:…`: the threshold and the randomness."""
