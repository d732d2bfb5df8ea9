"""Opens the templates that tables are made of, wherever users say that they are."""

from collections.abc import Mapping
from pathlib import Path

from telemetry_common.errors import TemplateError, UsageError
from telemetry_common.manifest import (
    COMPRESSED_SUFFIX,
    MANIFEST_SUFFIX,
    TEMPLATE_SUFFIX,
    find_manifest,
    load_manifest,
)
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates
from telemetry_sender.tables.schemas.choice import SCHEMAS

Location = str | Path | Mapping[str, str | Path]
"""The directory or the manifest of a template set, one template file, or files by signal."""


def open_tables(location: Location) -> dict[Signal, Template]:
    """Open a template set, or what there is of it. Raises TemplateError or UsageError.

    Profiles are left out, since they have no tables.
    """
    return open_templates(_files(location))


def _files(location: Location) -> dict[Signal, Path]:
    if isinstance(location, Mapping):
        return {_signal(name): Path(file) for name, file in location.items()}
    path = Path(location)
    if path.is_dir():
        path = find_manifest(path)
    if not path.exists():
        raise TemplateError(str(path), "no such file or directory", "give a template set")
    if path.name.endswith(MANIFEST_SUFFIX):
        return _of_manifest(path)
    return {_signal_of(path): path}


def _of_manifest(path: Path) -> dict[Signal, Path]:
    files = load_manifest(path).files
    return {
        signal: path.parent / entry.path for signal, entry in files.items() if signal in SCHEMAS
    }


def _signal(name: str) -> Signal:
    if name in set(SCHEMAS):
        return Signal(name)
    raise UsageError("templates", f"there are no tables of {name!r}", f"use {', '.join(SCHEMAS)}")


def _signal_of(path: Path) -> Signal:
    """Return the signal that a file is named after."""
    plain = path.name.removesuffix(COMPRESSED_SUFFIX).removesuffix(TEMPLATE_SUFFIX)
    for signal in SCHEMAS:
        if plain.endswith(f"-{signal}") or plain == signal:
            return signal
    fix = "give it as {'traces': file}, or under the name of its signal"
    raise TemplateError(str(path), "its name does not tell its signal", fix)
