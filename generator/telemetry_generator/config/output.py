"""Where the template set goes."""

from pydantic import Field

from telemetry_generator.config.base import Section


class OutputConfig(Section):
    """Where the template set goes."""

    directory: str = Field(default="./generated", min_length=1)
    """Directory of the set; created when it does not exist. `--output-dir` wins."""
    prefix: str = Field(default="telemetry", pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
    """Name of the set: files are called `<prefix>-traces.pb`, `<prefix>-metadata.yaml`, …."""
