"""JSON documents to a file or to standard output."""

import json
from pathlib import Path
from typing import Any

import click

from telemetry_common.documents import write_document
from telemetry_common.printing import printing

STANDARD_OUTPUT = "-"


def write_json(document: dict[str, Any], target: str) -> None:
    """Write a document to the file `target`, or print it for `-`. Raises RunError."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if target == STANDARD_OUTPUT:
        with printing():
            click.echo(text)
    else:
        write_document(f"{text}\n", Path(target), "--json")
