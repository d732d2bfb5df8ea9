"""Loads the sender's configuration from where it may come from."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from telemetry_common.config import read_yaml, validate
from telemetry_sender.config.environment import with_environment
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.precedence import with_overrides


def load_sender_config(
    file: Path, overrides: Sequence[str], environ: Mapping[str, str]
) -> SenderConfig:
    """Read `file`, apply `KEY=VALUE` overrides, and fill the rest from the environment.

    Raises ConfigError naming the file and line, the override or the variable at fault.
    """
    source = with_overrides(read_yaml(file), overrides)
    return validate(SenderConfig, with_environment(source, environ))
