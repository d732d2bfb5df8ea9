"""Limits of a set, checked by an estimate before anything is written."""

from typing import Annotated

from pydantic import Field

from telemetry_generator.config.base import Section


class LimitsConfig(Section):
    """How large a set may become."""

    max_memory_gb: Annotated[float, Field(gt=0, le=1 << 20)] = 10
    """Most memory, in GiB, that a sender may need to replay the set. An estimate beyond it ends
    the command before it writes anything."""
    allow_unbounded: bool = False
    """Whether to generate the set whatever its size."""
