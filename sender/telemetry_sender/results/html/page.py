"""The page of a run: which parts it has, and what its frame says."""

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
