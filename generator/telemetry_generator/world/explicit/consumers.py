"""Consumers of the configuration: which messages each of their operations processes."""

from dataclasses import replace

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.explicit_services import ExplicitServiceConfig
from telemetry_generator.world.draft import ServiceDraft, Source
from telemetry_generator.world.explicit.references import References
from telemetry_generator.world.model import ServiceKind
from telemetry_generator.world.offers import consumer_offer, with_group
from telemetry_generator.world.outline import Offer


def subscribed(
    draft: ServiceDraft, config: ExplicitServiceConfig, references: References, seed: int
) -> ServiceDraft:
    """Return a consumer with an operation for each destination that it takes messages from.

    Raises MisplacedError for what is not a destination.
    """
    pairs = (
        _from_operations(draft, config, references)
        if config.operations
        else _from_list(draft, config, references, seed)
    )
    return replace(
        draft,
        endpoints=[offer for offer, _ in pairs],
        sources=[source for _, source in pairs],
    )


def _from_list(
    draft: ServiceDraft, config: ExplicitServiceConfig, references: References, seed: int
) -> list[tuple[Offer, Source]]:
    """Return the usual processing of all destinations that the service consumes."""
    outline = draft.outline
    group = config.group or outline.name
    return [
        (consumer_offer(outline, offer.target, group, seed), Source(queue, number, group))
        for at, text in enumerate(config.consumes)
        for queue, number, offer in _destinations(
            references, text, ("services", outline.name, "consumes", at)
        )
    ]


def _from_operations(
    draft: ServiceDraft, config: ExplicitServiceConfig, references: References
) -> list[tuple[Offer, Source]]:
    """Return the configured operations, each with its one destination."""
    name = draft.outline.name
    pairs: list[tuple[Offer, Source]] = []
    for offer in draft.endpoints:
        operation = config.operations[offer.name]
        path = ("services", name, "operations", offer.name, "consumes")
        found = _destinations(references, operation.consumes or "", path)
        if len(found) > 1:
            names = ", ".join(destination.name for _, _, destination in found)
            raise MisplacedError(path, f"which of its destinations: {names}?")
        ((queue, number, destination),) = found
        group = operation.group or config.group or name
        processing = replace(with_group(offer, group), target=destination.target)
        pairs.append((processing, Source(queue, number, group)))
    return pairs


def _destinations(
    references: References, text: str, path: ConfigPath
) -> list[tuple[str, int, Offer]]:
    """Return the queue, number and offer of each destination that `text` names."""
    target = references.find(text, path)
    outline = target.service.outline
    if outline.kind is not ServiceKind.QUEUE:
        raise MisplacedError(path, f"{outline.name!r} is a {outline.kind}, not a queue")
    return [
        (outline.name, number, offer)
        for number, offer in enumerate(target.service.endpoints)
        if target.operation in (None, offer.name)
    ]
