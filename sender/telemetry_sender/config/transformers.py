"""Settings of transformers."""

from typing import Any, Literal

from pydantic import Field

from telemetry_common.config import ConfigModel


class TransformerConfig(ConfigModel):
    """A transformer of another package; see docs/extending-sender.md."""

    name: str
    """Name of its entry point."""
    when: Literal["load", "send"] = "load"
    """`load`: changes the templates, once. `send`: changes every request, at the cost of speed."""
    options: dict[str, Any] = Field(default_factory=dict)
    """What it is told; it says itself what it takes."""
