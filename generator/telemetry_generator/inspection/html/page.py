"""The page: everything in one file that works offline, and that no text of a set can break.

Its Content-Security-Policy allows nothing but the page's own style and script.
"""

import base64
import hashlib
from collections.abc import Iterator
from importlib.resources import files

from telemetry_common.markup import Markup, element, together
from telemetry_generator.inspection.html import sections
from telemetry_generator.inspection.html.colours import hues
from telemetry_generator.inspection.model import Inspection, NodeKind

_TITLES = {
    "services": "Services",
    "traces": "Traces",
    "metrics": "Metrics",
    "logs": "Logs",
    "profiles": "Profiles",
    "cardinality": "Cardinality",
    "set": "The set",
}


def page(inspection: Inspection) -> str:
    """Return the page as text of a whole HTML document."""
    script = _asset("script.js")
    parts = dict(_sections(inspection))
    body = element(
        "body",
        _header(inspection, parts),
        element("main", sections.headline(inspection), *_notes(inspection), *parts.values()),
        element("script", Markup(script)),
    )
    return f"<!doctype html>\n{element('html', _head(inspection, script), body, lang='en')}\n"


def _sections(inspection: Inspection) -> Iterator[tuple[str, Markup]]:
    services = [node.name for node in inspection.nodes if node.kind is NodeKind.SERVICE]
    known = hues(services)
    if inspection.traces:
        yield "services", sections.services(inspection, known)
        yield "traces", sections.traces(inspection, inspection.traces, known)
    if inspection.metrics:
        yield "metrics", sections.metrics(inspection.metrics)
    if inspection.logs:
        yield "logs", sections.logs(inspection.logs, known)
    if inspection.profiles:
        yield "profiles", sections.profiles(inspection.profiles)
    yield "cardinality", sections.cardinality(inspection.keys)
    yield "set", sections.whole_set(inspection.set)


def _head(inspection: Inspection, script: str) -> Markup:
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
        element("title", f"{inspection.set.prefix}: template set"),
        element("style", Markup(_asset("style.css"))),
    )


def _header(inspection: Inspection, parts: dict[str, Markup]) -> Markup:
    links = [element("a", _TITLES[name], href=f"#{name}") for name in parts]
    name = element("h1", inspection.set.prefix, element("small", inspection.set.directory))
    button = element("button", "Theme", type="button", id="theme",
                     aria_label="Switch between light and dark")  # fmt: skip
    return element("header", name, element("nav", together(links), aria_label="Sections"), button)


def _notes(inspection: Inspection) -> list[Markup]:
    return [element("p", note, class_="card estimate") for note in inspection.notes]


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
