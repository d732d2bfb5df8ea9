"""Reads the options of a sink into its own model."""

from typing import TypeVar

from telemetry_common.config import ConfigModel, Source, validate
from telemetry_common.errors import ConfigError
from telemetry_sender.sinks.registry import SinkSetting

Options = TypeVar("Options", bound=ConfigModel)


def read_options(setting: SinkSetting, model: type[Options]) -> Options:
    """Return the options of a sink. Raises ConfigError that names the option at fault."""
    try:
        return validate(model, Source("", dict(setting.options), {}))
    except ConfigError as error:
        # The problem begins with the option at fault.
        option, _, problem = error.problem.partition(": ")
        raise ConfigError(f"{setting.place}.options.{option}", problem, error.fix) from None
