"""Keeps requests as files, from which Acme's uploader takes them."""

from pathlib import Path

from telemetry_common.errors import ConfigError, RunError
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.registry import SinkSetting


class Spool:
    """Writes each request to a file of its own."""

    encoding = Encoding.PROTOBUF

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._written = 0

    def __str__(self) -> str:
        return f"the spool {self._directory}"

    async def open(self) -> None:
        """Make the directory. Raises RunError when that cannot be."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise RunError(str(self), problem, "choose another directory") from None

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Write one request; the uploader ignores names that begin with a dot."""
        name = f"{self._written:08d}-{signal}.pb"
        self._written += 1
        hidden = self._directory / f".{name}"
        try:
            hidden.write_bytes(payload)
            hidden.rename(self._directory / name)
        except OSError as error:
            return Delivery("UNAVAILABLE", message=str(error), retryable=True)
        return Delivery()

    async def close(self) -> None:
        """Do nothing: every file is complete."""


def make_sink(setting: SinkSetting) -> Spool:
    """Return the sink for the directory that its options name. Raises ConfigError."""
    directory = setting.options.get("directory")
    if not isinstance(directory, str):
        place = f"{setting.place}.options.directory"
        raise ConfigError(place, "missing", "name the directory of the spool")
    return Spool(Path(directory))
