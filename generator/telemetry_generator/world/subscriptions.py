"""Subscriptions: which operations of consumers take the messages of a queue's destinations."""

from collections.abc import Sequence

from telemetry_generator.world.draft import Numbering, ServiceDraft
from telemetry_generator.world.model import Call

Members = list[tuple[int, int]]


def subscribe(numbering: Numbering, services: Sequence[ServiceDraft]) -> None:
    """Connect every destination with its consumers: one call for each consumer group.

    The consumers of a group share its messages by weight.
    """
    for (destination, _), members in _groups(numbering, services).items():
        operations, weights = zip(*members, strict=True)
        numbering.connect(destination, [Call(operations, weights, concurrent=True)])


def _groups(
    numbering: Numbering, services: Sequence[ServiceDraft]
) -> dict[tuple[int, str], Members]:
    """Return operations and their weights by destination and group."""
    groups: dict[tuple[int, str], Members] = {}
    for draft in services:
        numbers = numbering.endpoints(draft.outline.name)
        for source, number, offer in zip(draft.sources, numbers, draft.endpoints, strict=False):
            destination = numbering.endpoints(source.queue)[source.destination]
            members = groups.setdefault((destination, source.group), [])
            members.append((number, offer.weight))
    return groups
