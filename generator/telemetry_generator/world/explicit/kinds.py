"""What services and operations of a kind may have, and what makes no sense for them."""

from collections.abc import Sequence

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.explicit_services import ExplicitServiceConfig
from telemetry_generator.world.model import ServiceKind
from telemetry_generator.world.outline import Offer, Outline

_TOLD_BY_REQUEST = (ServiceKind.HTTP, ServiceKind.GRPC, ServiceKind.QUEUE)


def check_kind(outline: Outline, config: ExplicitServiceConfig, path: ConfigPath) -> None:
    """Raise MisplacedError for settings that make no sense for the kind of the service."""
    _check_service(outline, config, path)
    if outline.is_silent:
        _check_operations(outline, config, path)
    if outline.kind is ServiceKind.CONSUMER:
        _check_consumer(config, path)


def check_distinct(kind: ServiceKind, offers: Sequence[Offer], path: ConfigPath) -> None:
    """Raise MisplacedError for two operations of a service that nobody could tell apart."""
    if kind not in _TOLD_BY_REQUEST:
        return
    seen: set[tuple[str, str]] = set()
    for offer in offers:
        request = (offer.method, offer.target)
        if request in seen:
            problem = f"another operation is {' '.join(request)} already"
            raise MisplacedError((*path, offer.name), problem)
        seen.add(request)


def _check_service(outline: Outline, config: ExplicitServiceConfig, path: ConfigPath) -> None:
    refused: dict[str, str] = {}
    if outline.kind is not ServiceKind.CONSUMER:
        refused |= dict.fromkeys(("consumes", "group"), "only a consumer takes messages")
    if outline.is_silent:
        refused |= dict.fromkeys(("calls", "functions"), f"a {outline.kind} calls nobody")
        refused["resource_attributes"] = f"a {outline.kind} reports nothing itself"
    for setting, problem in refused.items():
        if getattr(config, setting):
            raise MisplacedError((*path, setting), problem)


def _check_operations(outline: Outline, config: ExplicitServiceConfig, path: ConfigPath) -> None:
    for name, operation in config.operations.items():
        if operation.calls:
            problem = f"a {outline.kind} calls nobody"
            raise MisplacedError((*path, "operations", name, "calls"), problem)


def _check_consumer(config: ExplicitServiceConfig, path: ConfigPath) -> None:
    if config.operations and config.consumes:
        problem = "give operations, each with what it consumes, or consumes for the service"
        raise MisplacedError((*path, "consumes"), problem)
    if not (config.operations or config.consumes):
        raise MisplacedError(path, "a consumer needs consumes: QUEUE.DESTINATION")
    for name, operation in config.operations.items():
        if operation.consumes is None:
            problem = "an operation of a consumer needs consumes: QUEUE.DESTINATION"
            raise MisplacedError((*path, "operations", name), problem)
