"""Where requests enter an explicit topology."""

from collections.abc import Sequence
from typing import NamedTuple

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.explicit_services import EntryConfig
from telemetry_generator.world.draft import Numbering, ServiceDraft, shares
from telemetry_generator.world.explicit.references import References
from telemetry_generator.world.model import ServiceKind

_OPEN = (ServiceKind.HTTP, ServiceKind.GRPC)


class Ingress(NamedTuple):
    """Operations at which requests arrive, chosen by weight."""

    operations: tuple[int, ...]
    weights: tuple[int, ...]


class _Entry(NamedTuple):
    weight: int
    operations: Sequence[int]
    weights: Sequence[int]


def build_ingress(
    entries: Sequence[EntryConfig], drafts: Sequence[ServiceDraft], numbering: Numbering
) -> Ingress:
    """Return the configured ingress, by default every service that nobody calls.

    Raises MisplacedError where no request could enter.
    """
    found = (
        [
            _configured(entry, References(drafts), numbering, ("ingress", at))
            for at, entry in enumerate(entries)
        ]
        if entries
        else _uncalled(drafts, numbering)
    )
    if not any(entry.weight for entry in found):
        raise MisplacedError(("ingress",), "the weights sum to 0")
    operations = tuple(number for entry in found for number in entry.operations)
    return Ingress(operations, shares([(entry.weight, entry.weights) for entry in found]))


def _configured(
    entry: EntryConfig, references: References, numbering: Numbering, path: ConfigPath
) -> _Entry:
    service, operation = references.find(entry.to, (*path, "to"))
    outline = service.outline
    if outline.kind not in _OPEN:
        problem = f"{outline.name!r} is a {outline.kind}"
        raise MisplacedError((*path, "to"), problem, "let requests enter at http or grpc services")
    whole = _any_of(service, numbering, entry.weight)
    if operation is None:
        return whole
    at = [offer.name for offer in service.endpoints].index(operation)
    return _Entry(entry.weight, [whole.operations[at]], [1])


def _uncalled(drafts: Sequence[ServiceDraft], numbering: Numbering) -> list[_Entry]:
    """Return the services that no other calls; the first where all are called."""
    called = {
        numbering.operations[callee].service
        for operation in numbering.operations
        for call in operation.calls
        for callee in call.operations
        if numbering.operations[callee].service != operation.service
    }
    open_ones = [draft for draft in drafts if draft.outline.kind in _OPEN]
    if not open_ones:
        problem = "there is no http or grpc service for requests to enter at"
        raise MisplacedError(("services",), problem)
    free = [d for d in open_ones if numbering.services[d.outline.name] not in called]
    return [_any_of(draft, numbering, 1) for draft in free or open_ones[:1]]


def _any_of(draft: ServiceDraft, numbering: Numbering, weight: int) -> _Entry:
    """Return a service as a place to enter, at any of its operations."""
    weights = [offer.weight for offer in draft.endpoints]
    return _Entry(weight, numbering.endpoints(draft.outline.name), weights)
