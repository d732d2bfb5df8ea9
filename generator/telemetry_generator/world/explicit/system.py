"""The explicit topology as a whole: compiled, and checked for cycles and for its size."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.explicit_services import EntryConfig, ExplicitServiceConfig
from telemetry_generator.world.call_graph import expected_spans, find_cycle, longest_chain
from telemetry_generator.world.draft import Numbering, ServiceDraft
from telemetry_generator.world.explicit.calls import Connector
from telemetry_generator.world.explicit.ingress import Ingress, build_ingress
from telemetry_generator.world.explicit.services import draft_services
from telemetry_generator.world.subscriptions import subscribe

MOST_SPANS = 1 << 20
"""Spans of a request, as many as its part of a span's counter can tell apart."""


class ExplicitSystem(NamedTuple):
    """Services and numbered operations with their calls; nothing runs anywhere yet."""

    drafts: list[ServiceDraft]
    numbering: Numbering
    ingress: Ingress
    max_depth: int
    expected_spans: float


def compile_system(
    services: Mapping[str, ExplicitServiceConfig],
    entries: Sequence[EntryConfig],
    max_depth: int | None,
    replicas: int,
    seed: int,
) -> ExplicitSystem:
    """Return the system that the configuration describes.

    Raises MisplacedError, with a path from the topology, for anything that makes no sense.
    """
    drafts = draft_services(services, replicas, seed)
    numbering = Numbering(drafts)
    connector = Connector(drafts, numbering)
    for draft in drafts:
        connector.connect(draft, services[draft.outline.name])
    subscribe(numbering, drafts)
    ingress = build_ingress(entries, drafts, numbering)
    if max_depth is None:
        _check_acyclic(drafts, numbering, connector.paths)
        max_depth = longest_chain(numbering.operations)
    spans = expected_spans(numbering.operations, *ingress, max_depth)
    if spans > MOST_SPANS:
        problem = f"a request would make {spans:,.0f} spans on average, more than {MOST_SPANS:,}"
        raise MisplacedError(("max_depth",), problem, "lower counts, probabilities or max_depth")
    return ExplicitSystem(drafts, numbering, ingress, max_depth, spans)


def _check_acyclic(
    drafts: Sequence[ServiceDraft], numbering: Numbering, paths: Mapping[int, ConfigPath]
) -> None:
    cycle = find_cycle(numbering.operations)
    if not cycle:
        return
    names = [
        f"{draft.outline.name}.{offer.name}"
        for draft in drafts
        for offer in (*draft.endpoints, *draft.functions)
    ]
    shown = " -> ".join(names[number] for number in cycle)
    place = next(paths[number] for number in cycle if number in paths)
    raise MisplacedError(place, f"calls go in a circle ({shown})", "give topology.max_depth")
