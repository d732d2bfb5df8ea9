"""Reads reports back: as much of one as a command needs, checked."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from telemetry_common.errors import UsageError, reason

Part = TypeVar("Part", bound=BaseModel)

A_REPORT = "a file of `telemetry-sender --report`"


def read_part(part: type[Part], file: Path, wanted: str = A_REPORT) -> Part:
    """Return a part of the report in a file.

    Raises UsageError, which asks for what is `wanted`, when there is none or it cannot be read.
    """
    try:
        return part.model_validate_json(file.read_bytes())
    except OSError as error:
        problem = reason(error)
    except ValidationError as error:
        problem = f"not a report: {_first_problem(error)}"
    raise UsageError(str(file), problem, f"give {wanted}")


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    path = ".".join(map(str, first["loc"]))
    return f"{path}: {first['msg'].lower()}" if path else first["msg"].lower()
