"""Where the template set goes, and in which form."""

from typing import Annotated, Literal

from pydantic import Field

from telemetry_generator.config.base import Section


class OutputConfig(Section):
    """Where the template set goes."""

    directory: str = Field(default="./generated", min_length=1)
    """Directory of the set; created when it does not exist. `--output-dir` wins."""
    prefix: str = Field(default="telemetry", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
    """Name of the set: files are called `<prefix>-traces.pb`, `<prefix>-metadata.yaml`, …."""
    compression: Literal["none", "zstd"] = "none"
    """Whether template files are compressed (`<prefix>-traces.pb.zst`); the sender reads both."""
    compression_level: Annotated[int, Field(ge=1, le=19)] = 3
    """Level of Zstandard, from 1 (fast) to 19 (small)."""

    @property
    def is_compressed(self) -> bool:
        """Whether template files are compressed."""
        return self.compression == "zstd"
