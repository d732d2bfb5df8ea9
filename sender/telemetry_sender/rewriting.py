"""What is changed about a set when it is opened: identities of resources, and transformers."""

import mmap
from collections.abc import Mapping
from pathlib import Path

from telemetry_common.signals import Signal
from telemetry_common.template import Rewrite
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.processes import shard_part
from telemetry_sender.stamping.resources import with_suffix
from telemetry_sender.transformers.registry import make_transformers
from telemetry_sender.transformers.templates import transform_template


def make_rewrite(config: SenderConfig, environ: Mapping[str, str]) -> Rewrite | None:
    """Return what makes the set that the configuration asks for of each file; None for no change.

    Raises ConfigError for a transformer that cannot be had.
    """
    transformers = make_transformers(config.transformers, environ, "load")
    suffix = _suffix(config, environ)
    if not (transformers or suffix):
        return None

    def rewrite(signal: Signal, data: mmap.mmap, path: Path) -> mmap.mmap:
        if suffix:
            data = with_suffix(data, path, suffix)
        return transform_template(signal, data, path, transformers) if transformers else data

    return rewrite


def _suffix(config: SenderConfig, environ: Mapping[str, str]) -> str:
    """Return what sets the resources of this instance apart from those of others."""
    if not config.sending.distinct_resources:
        return ""
    return f"-{shard_part(config.sending.shard, environ).number}"
