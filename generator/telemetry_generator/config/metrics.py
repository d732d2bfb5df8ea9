"""Metrics: which, and how many time series each has."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from telemetry_generator.config.base import Positive, Section


class TimeSeriesConfig(Section):
    """How many time series a metric has: `default` ± 1/6, kept within `min` and `max`."""

    min: Positive = 100
    """Fewest time series of a metric."""
    max: Annotated[int, Field(gt=0, le=1_000_000)] = 500
    """Most time series of a metric."""
    default: Positive = 300
    """Typical number of time series of a metric."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.default <= self.max:
            order = f"min {self.min}, default {self.default}, max {self.max}"
            raise ValueError(f"must be min <= default <= max, not {order}")
        return self


class MetricsConfig(Section):
    """Metrics: a selection from the catalogue, then application metrics."""

    metric_count: Annotated[int, Field(gt=0, le=10_000_000)] = 100
    """Number of metrics. What the catalogue cannot give is made up of application metrics."""
    timeseries_per_metric: TimeSeriesConfig = TimeSeriesConfig()
    """How many time series a metric has."""
