"""Where a report is to go: checked first, so that a long run has not been for nothing."""

from pathlib import Path

from telemetry_common.errors import UsageError
from telemetry_common.files import probe


def check_report_place(file: Path | None, option: str = "--report") -> None:
    """Refuse a place of this option that could not be written. Raises UsageError."""
    if file is None:
        return
    try:
        probe(file)
    except FileNotFoundError:
        raise _refused(option, file, "no such directory") from None
    except OSError as error:
        raise _refused(option, file, (error.strerror or str(error)).lower()) from None


def _refused(option: str, file: Path, problem: str) -> UsageError:
    return UsageError(f"{option} {file}", problem, "choose another place")
