"""Reports, pages and other documents that a command leaves behind, whole or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path

from telemetry_common.errors import RunError, UsageError, reason
from telemetry_common.files import probe, whole_file

_FIX = "choose another place"


def json_text(document: Mapping[str, object]) -> str:
    """Return the document as indented JSON that ends with a line break.

    Raises ValueError for a number that JSON does not have.
    """
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def check_place(file: Path | None, option: str = "--report") -> None:
    """Refuse a place that could not be written, before a long run for it. Raises UsageError."""
    if file is None:
        return
    try:
        probe(file)
    except FileNotFoundError:
        raise UsageError(f"{option} {file}", "no such directory", _FIX) from None
    except OSError as error:
        raise UsageError(f"{option} {file}", reason(error), _FIX) from None


def write_document(text: str, file: Path, option: str = "--report") -> None:
    """Write text to the file that `option` names. Raises RunError (disk full, no permission)."""
    try:
        with whole_file(file) as opened:
            opened.write(text.encode("utf-8", "replace"))
    except OSError as error:
        problem, fix = f"not written: {reason(error)}", "make room there or choose another place"
        raise RunError(f"{option} {file}", problem, fix) from None
