"""References: what `service.operation` in the configuration means."""

import difflib
from collections.abc import Sequence
from typing import NamedTuple

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.world.draft import ServiceDraft

SELF = "self"


class Target(NamedTuple):
    """A service, and one of its operations, or None for any of its endpoints."""

    service: ServiceDraft
    operation: str | None


class References:
    """The services and operations that references may name."""

    def __init__(self, drafts: Sequence[ServiceDraft]) -> None:
        self._drafts = {draft.outline.name: draft for draft in drafts}

    def find(self, text: str, path: ConfigPath, own: ServiceDraft | None = None) -> Target:
        """Return what `text` names; `self` is the service `own`, whose functions it may name.

        Raises MisplacedError with `path` for a service or an operation that does not exist.
        """
        service, operation = self._split(text, path, own)
        if operation is None:
            return Target(service, None)
        offers = [*service.endpoints, *(service.functions if service is own else ())]
        if operation not in [offer.name for offer in offers]:
            raise _unknown_operation(service, operation, [offer.name for offer in offers], path)
        return Target(service, operation)

    def _split(
        self, text: str, path: ConfigPath, own: ServiceDraft | None
    ) -> tuple[ServiceDraft, str | None]:
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
        problem = f"unknown service {text!r}"
        raise MisplacedError(path, problem, did_you_mean(text, list(self._drafts)))


def _unknown_operation(
    service: ServiceDraft, name: str, known: Sequence[str], path: ConfigPath
) -> MisplacedError:
    owner = service.outline.name
    if name in [offer.name for offer in service.functions]:
        return MisplacedError(path, f"{name!r} is a function of {owner!r}: only itself can call it")
    return MisplacedError(path, f"{owner!r} has no operation {name!r}", did_you_mean(name, known))


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return what to write for a name that is not known: the closest one, or any there are."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(known[:20])}"
