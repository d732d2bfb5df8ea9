"""The page: one file that works offline, and that no text of a report or a receiver can break.

Its Content-Security-Policy allows nothing but the page's own style and script.
"""

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from telemetry_common.errors import RunError
from telemetry_common.files import whole_file
from telemetry_common.markup import Markup, element, together
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
    script = _asset("script.js")
    parts = [draw(report) for _, draw in _SECTIONS.values()]
    body = element(
        "body",
        _header(report),
        element("main", sections.headline(report), *parts),
        element("script", Markup(script)),
    )
    return f"<!doctype html>\n{element('html', _head(report, script), body, lang='en')}\n"


def _head(report: RunReport, script: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"Stampede run of {report.run.start}"),
        element("style", Markup(_asset("style.css"))),
    )


def _header(report: RunReport) -> Markup:
    links = [element("a", title, href=f"#{name}") for name, (title, _) in _SECTIONS.items()]
    name = element("h1", "Stampede run", element("small", report.run.start))
    button = element("button", "Theme", type="button", id="theme",
                     aria_label="Switch between light and dark")  # fmt: skip
    return element("header", name, element("nav", together(links), aria_label="Sections"), button)


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
