"""Where a report is to go: checked first, so that a long run has not been for nothing."""

from pathlib import Path

from telemetry_common.errors import UsageError
from telemetry_common.files import probe


def check_report_place(file: Path | None) -> None:
    """Refuse a `--report` that could not be written. Raises UsageError."""
    if file is None:
        return
    try:
        probe(file)
    except FileNotFoundError:
        raise _refused(file, "no such directory") from None
    except OSError as error:
        raise _refused(file, (error.strerror or str(error)).lower()) from None


def _refused(file: Path, problem: str) -> UsageError:
    return UsageError(f"--report {file}", problem, "choose another place")
