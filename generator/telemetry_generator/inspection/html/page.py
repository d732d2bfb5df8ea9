"""The page of a set: which parts it has, and what its frame says."""

from collections.abc import Iterator

from telemetry_common.markup import Markup, element
from telemetry_common.page import Page, document
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
    parts = dict(_sections(inspection))
    return document(
        Page(
            title=f"{inspection.set.prefix}: template set",
            name=inspection.set.prefix,
            about=inspection.set.directory,
            sections={name: _TITLES[name] for name in parts},
            content=[sections.headline(inspection), *_notes(inspection), *parts.values()],
            assets=__package__,
        )
    )


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


def _notes(inspection: Inspection) -> list[Markup]:
    return [element("p", note, class_="card estimate") for note in inspection.notes]
