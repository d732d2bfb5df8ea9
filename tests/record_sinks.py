"""A sink of records into files, as those of all formats are made."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.framing import PLAIN, Framing
from telemetry_sender.sending.part import WHOLE, Part
from telemetry_sender.sinks.base import Encoder
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.registry import SinkSetting


def record_sink(
    directory: Path,
    *,
    signals: Iterable[Signal] = (Signal.TRACES, Signal.LOGS),
    framing: Framing = PLAIN,
    streams: tuple[str, ...] = (),
    part: Part = WHOLE,
    **options: Any,
) -> FileSink:
    """Return a sink of `txt` files, not yet open."""
    setting = SinkSetting(make_config(), {}, tuple(signals), part=part)
    made = FileFormat("text", "txt", lambda _stream: framing, streams)
    return make_file_sink(setting, FileOptions(directory=directory, **options), made, _no_encoder)


def _no_encoder(_template: Template) -> Encoder:
    raise AssertionError("these tests write records of their own")
