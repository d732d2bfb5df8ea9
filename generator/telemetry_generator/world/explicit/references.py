"""References: what `service.operation` in the configuration means."""

import difflib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from telemetry_generator.world.draft import ServiceDraft
from telemetry_generator.world.outline import Offer

SELF = "self"


class Target(NamedTuple):
    """A service, and one of its operations, or None for any of its endpoints."""

    service: ServiceDraft
    operation: str | None


class References:
    """The services and operations that references may name."""

    def __init__(self, drafts: Sequence[ServiceDraft]) -> None:
        self._drafts = {draft.outline.name: draft for draft in drafts}

    def find(self, text: str, own: ServiceDraft | None = None) -> Target:
        """Return what `text` names; `self` is the service `own`, whose functions it may name.

        Raises ValueError for a service or an operation that does not exist.
        """
        service, operation = self._split(text, own)
        if operation is None:
            return Target(service, None)
        offers = [*service.endpoints, *(service.functions if service is own else ())]
        if operation not in [offer.name for offer in offers]:
            raise ValueError(_unknown_operation(service, operation, offers))
        return Target(service, operation)

    def _split(self, text: str, own: ServiceDraft | None) -> tuple[ServiceDraft, str | None]:
        """Return the service with the longest name that `text` begins with, and the rest."""
        if text in self._drafts:
            return self._drafts[text], None
        name, _, rest = text.partition(".")
        if own is not None and name == SELF and rest:
            return own, rest
        name, dot, operation = text, ".", ""
        while dot:
            name, dot, last = name.rpartition(".")
            operation = f"{last}.{operation}" if operation else last
            if dot and name in self._drafts:
                return self._drafts[name], operation
        raise ValueError(f"unknown service {text!r}{_did_you_mean(text, self._drafts)}")


def _unknown_operation(service: ServiceDraft, name: str, offers: Sequence[Offer]) -> str:
    known = {offer.name: offer for offer in offers}
    if name in [offer.name for offer in service.functions]:
        return f"{name!r} is a function of {service.outline.name!r}: only itself can call it"
    return f"{service.outline.name!r} has no operation {name!r}{_did_you_mean(name, known)}"


def _did_you_mean(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f", did you mean {close[0]!r}?"
    return f", it is none of {', '.join(list(known)[:20])}" if known else ""
