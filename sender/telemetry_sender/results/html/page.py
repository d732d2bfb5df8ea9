"""The page of a run: which parts it has, and what its frame says."""

from pathlib import Path

from telemetry_common.errors import RunError
from telemetry_common.files import whole_file
from telemetry_common.page import Page, document
from telemetry_sender.results.html import sections
from telemetry_sender.results.report_file import RunReport

_SECTIONS = {
    "time": ("Over time", sections.over_time),
    "outcomes": ("Outcomes", sections.outcomes),
    "latency": ("Latency", sections.latency),
    "errors": ("Errors", sections.errors),
    "run": ("The run", sections.details),
}


def write_page(path: Path, report: RunReport) -> None:
    """Write the page of a report; `path` never holds half of one. Raises RunError (no room)."""
    try:
        with whole_file(path) as file:
            file.write(page(report).encode())
    except OSError as error:
        problem = f"not written: {(error.strerror or str(error)).lower()}"
        raise RunError(str(path), problem, "make room there or choose another place") from None


def page(report: RunReport) -> str:
    """Return the page as text of a whole HTML document."""
    return document(
        Page(
            title=f"Stampede run of {report.run.start}",
            name="Stampede run",
            about=report.run.start,
            sections={name: title for name, (title, _) in _SECTIONS.items()},
            content=[
                sections.headline(report),
                *(draw(report) for _, draw in _SECTIONS.values()),
            ],
            assets=__package__,
        )
    )
