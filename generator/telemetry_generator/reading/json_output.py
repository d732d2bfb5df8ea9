"""JSON documents to a file, whole or not at all, or to standard output."""

import json
from pathlib import Path
from typing import Any

import click

from telemetry_common.errors import RunError
from telemetry_common.files import whole_file
from telemetry_common.printing import printing

STANDARD_OUTPUT = "-"


def write_json(document: dict[str, Any], target: str) -> None:
    """Write a document to the file `target`, or print it for `-`. Raises RunError."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if target == STANDARD_OUTPUT:
        with printing():
            click.echo(text)
    else:
        write_text(f"{text}\n", "--json", Path(target))


def write_text(text: str, option: str, path: Path) -> None:
    """Write text to the file that `option` names. Raises RunError when the system refuses."""
    try:
        with whole_file(path) as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise RunError(f"{option} {path}", problem, "choose another place") from None
