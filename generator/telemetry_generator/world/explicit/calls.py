"""Calls of the configuration as edges between numbered operations."""

from collections.abc import Mapping, Sequence

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.calls import CallConfig, Mode
from telemetry_generator.config.explicit_services import ExplicitServiceConfig
from telemetry_generator.config.operations import OperationConfig
from telemetry_generator.world.draft import Numbering, ServiceDraft
from telemetry_generator.world.explicit.references import References, Target, did_you_mean
from telemetry_generator.world.model import Call, ServiceKind
from telemetry_generator.world.outline import Offer

_PER_MILLION_INSIDE = 500_000


class Connector:
    """Connects operations with those that they call.

    `paths` has the place in the configuration of each connected operation's calls.
    """

    def __init__(self, drafts: Sequence[ServiceDraft], numbering: Numbering) -> None:
        self.paths: dict[int, ConfigPath] = {}
        self._references = References(drafts)
        self._numbering = numbering

    def connect(self, draft: ServiceDraft, config: ExplicitServiceConfig) -> None:
        """Connect the operations of a service. Raises MisplacedError for a call to nowhere."""
        name = draft.outline.name
        path: ConfigPath = ("services", name)
        shared = self._calls(draft, config.calls, (*path, "calls"))
        endpoints, functions = self._numbering.endpoints(name), self._numbering.functions(name)
        without = self._set(draft, draft.endpoints, endpoints, config.operations, "operations")
        for number in without:
            inside = [] if config.operations else [_work_inside(functions)]
            self._numbering.connect(number, [*inside, *shared])
            self.paths[number] = (*path, "calls")
        self._set(draft, draft.functions, functions, config.functions, "functions")

    def _set(
        self,
        draft: ServiceDraft,
        offers: Sequence[Offer],
        numbers: range,
        configs: Mapping[str, OperationConfig],
        section: str,
    ) -> list[int]:
        """Connect the operations with calls of their own, and return the others."""
        without: list[int] = []
        for offer, number in zip(offers, numbers, strict=True):
            config = configs.get(offer.name)
            if config is None or config.calls is None:
                without.append(number)
                continue
            path = ("services", draft.outline.name, section, offer.name, "calls")
            self._numbering.connect(number, self._calls(draft, config.calls, path))
            self.paths[number] = path
        return without

    def _calls(
        self, caller: ServiceDraft, configs: Sequence[CallConfig], path: ConfigPath
    ) -> list[Call]:
        return [self._call(caller, config, (*path, at)) for at, config in enumerate(configs)]

    def _call(self, caller: ServiceDraft, config: CallConfig, path: ConfigPath) -> Call:
        target = self._references.find(config.to, (*path, "to"), caller)
        if target.service.outline.kind is ServiceKind.CONSUMER and target.service is not caller:
            problem = f"{target.service.outline.name!r} is a consumer"
            raise MisplacedError((*path, "to"), problem, "call the queue that it consumes from")
        numbers, weights = self._choice(target, config, (*path, "operations"))
        return Call(
            operations=numbers,
            weights=weights,
            per_million=config.per_million,
            fewest=config.count[0],
            most=config.count[1],
            concurrent=config.mode is Mode.ASYNC,
            retries=config.retries,
        )

    def _choice(
        self, target: Target, config: CallConfig, path: ConfigPath
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the operations that are called, and their weights."""
        service = target.service
        name = service.outline.name
        if target.operation is not None:
            if config.operations:
                raise MisplacedError(path, f"{config.to!r} is one operation already")
            offers = [*service.endpoints, *service.functions]
            numbers = [*self._numbering.endpoints(name), *self._numbering.functions(name)]
            at = [offer.name for offer in offers].index(target.operation)
            return (numbers[at],), (1,)
        weights = _weights(service, config.operations, path)
        return tuple(self._numbering.endpoints(name)), weights


def _work_inside(functions: range) -> Call:
    """Return what an operation does that nobody configured: now and then one function."""
    return Call(tuple(functions), (1,) * len(functions), per_million=_PER_MILLION_INSIDE)


def _weights(
    service: ServiceDraft, weights: Mapping[str, int], path: ConfigPath
) -> tuple[int, ...]:
    """Return the weight of each endpoint: those of the call, where it has any."""
    names = [offer.name for offer in service.endpoints]
    for name in weights:
        if name not in names:
            problem = f"{service.outline.name!r} has no operation {name!r}"
            raise MisplacedError((*path, name), problem, did_you_mean(name, names))
    if not weights:
        return tuple(offer.weight for offer in service.endpoints)
    if not any(weights.values()):
        raise MisplacedError(path, "the weights sum to 0")
    return tuple(weights.get(name, 0) for name in names)
