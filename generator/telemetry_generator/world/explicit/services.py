"""Services of the configuration as drafts: kinds, defaults, operations and subscriptions."""

from collections.abc import Mapping

from telemetry_common.config import ConfigPath, MisplacedError
from telemetry_generator.config.explicit_services import ExplicitServiceConfig
from telemetry_generator.config.operations import OperationConfig
from telemetry_generator.world.draft import ServiceDraft
from telemetry_generator.world.explicit.consumers import subscribed
from telemetry_generator.world.explicit.kinds import check_distinct, check_kind
from telemetry_generator.world.explicit.offers import configured_offer
from telemetry_generator.world.explicit.references import References, did_you_mean
from telemetry_generator.world.model import SILENT, ServiceKind
from telemetry_generator.world.names import kind_of
from telemetry_generator.world.offers import FUNCTION, endpoint_offers, function_offers
from telemetry_generator.world.outline import (
    DEFAULT_NAMESPACE,
    LANGUAGES,
    Offer,
    Outline,
    default_language,
    default_version,
)
from telemetry_generator.world.pods import RESERVED
from telemetry_generator.world.systems import System, system_by_name, systems_of

Services = Mapping[str, ExplicitServiceConfig]


def draft_services(services: Services, replicas: int, seed: int) -> list[ServiceDraft]:
    """Return the services in the order of the configuration, not yet knowing whom they call.

    Raises MisplacedError, with a path from the topology, for what makes no sense.
    """
    drafts = {
        name: _draft(_outline(name, config, replicas, seed), config, seed)
        for name, config in services.items()
    }
    references = References(list(drafts.values()))
    for name, draft in drafts.items():
        if draft.outline.kind is ServiceKind.CONSUMER:
            drafts[name] = subscribed(draft, services[name], references, seed)
    return list(drafts.values())


def _outline(name: str, config: ExplicitServiceConfig, replicas: int, seed: int) -> Outline:
    kind = config.kind or kind_of(name)
    path = ("services", name)
    _check_language(kind, config.language, (*path, "language"))
    _check_attributes(config.resource_attributes, (*path, "resource_attributes"))
    system = _system(kind, name, config, (*path, "system"))
    return Outline(
        name=name,
        kind=kind,
        namespace=config.namespace or DEFAULT_NAMESPACE,
        language="" if kind in SILENT else config.language or default_language(seed, name),
        version=config.version or (system.version if system else default_version(seed, name)),
        replicas=config.replicas or replicas,
        system=system,
        attributes=tuple(config.resource_attributes.items()),
    )


def _check_language(kind: ServiceKind, language: str | None, path: ConfigPath) -> None:
    if language is None:
        return
    if kind in SILENT:
        raise MisplacedError(path, f"a {kind} runs no code of its own")
    if language not in LANGUAGES:
        raise MisplacedError(
            path, f"unknown language {language!r}", did_you_mean(language, LANGUAGES)
        )


def _check_attributes(attributes: Mapping[str, object], path: ConfigPath) -> None:
    for key in attributes:
        if key in RESERVED:
            raise MisplacedError((*path, key), "every resource has this attribute anyway")


def _system(
    kind: ServiceKind, name: str, config: ExplicitServiceConfig, path: ConfigPath
) -> System | None:
    if config.system is None:
        return system_by_name(kind, name)
    known = {system.name: system for system in systems_of(kind)}
    if config.system not in known:
        fix = f"use one of {', '.join(known)}" if known else f"remove it: this is a {kind} service"
        raise MisplacedError(path, f"unknown system {config.system!r}", fix)
    return known[config.system]


def _draft(outline: Outline, config: ExplicitServiceConfig, seed: int) -> ServiceDraft:
    """Return a service with its operations; a consumer's still lack what they process."""
    path = ("services", outline.name)
    check_kind(outline, config, path)
    endpoints = _configured(outline, outline.kind, config.operations, (*path, "operations"), seed)
    functions = _configured(outline, FUNCTION, config.functions, (*path, "functions"), seed)
    shared = set(config.operations) & set(config.functions)
    if shared:
        name = min(shared)
        problem = f"{outline.name!r} has an operation of the name {name!r} already"
        raise MisplacedError((*path, "functions", name), problem)
    if config.operations and not any(offer.weight for offer in endpoints):
        raise MisplacedError((*path, "operations"), "the weights sum to 0")
    check_distinct(outline.kind, endpoints, (*path, "operations"))
    return ServiceDraft(
        outline,
        endpoints or endpoint_offers(outline, seed),
        functions or function_offers(outline, seed),
    )


def _configured(
    outline: Outline,
    kind: str,
    configs: Mapping[str, OperationConfig],
    path: ConfigPath,
    seed: int,
) -> list[Offer]:
    offers: list[Offer] = []
    for name, config in configs.items():
        try:
            offers.append(configured_offer(outline, kind, name, config, seed))
        except MisplacedError as error:
            raise MisplacedError((*path, name, *error.path), str(error)) from None
    return offers
