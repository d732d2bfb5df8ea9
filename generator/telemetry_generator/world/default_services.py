"""The services of a layered graph: known by name and kind, they do what their kind usually does."""

from collections.abc import Mapping, Sequence

from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.world.draft import ServiceDraft, Source
from telemetry_generator.world.layered import Layers
from telemetry_generator.world.model import ServiceKind
from telemetry_generator.world.offers import consumer_offer, endpoint_offers, function_offers
from telemetry_generator.world.outline import Offer, Outline, default_language, default_version
from telemetry_generator.world.systems import system_by_name

_MOST_SOURCES = 2  # destinations of its queue that a consumer takes from


def default_services(
    layers: Layers, config: ServicesConfig, infrastructure: InfrastructureConfig, seed: int
) -> list[ServiceDraft]:
    """Return the services in the order of the configuration."""
    outlines = {
        name: outline(name, kind, config.namespace_of(name, at), infrastructure.replicas, seed)
        for at, (name, kind) in enumerate(layers.kinds.items())
    }
    endpoints = {name: endpoint_offers(each, seed) for name, each in outlines.items()}
    sources = _sources(layers, endpoints, seed)
    for name, taken in sources.items():
        endpoints[name] = _processing(outlines[name], taken, endpoints, seed)
    return [
        ServiceDraft(
            each,
            endpoints[name],
            function_offers(each, seed),
            sources.get(name, ()),
        )
        for name, each in outlines.items()
    ]


def outline(name: str, kind: ServiceKind, namespace: str, replicas: int, seed: int) -> Outline:
    """Return a service of which no more is known; the rest follows from name and seed."""
    system = system_by_name(kind, name)
    return Outline(
        name=name,
        kind=kind,
        namespace=namespace,
        language="" if system else default_language(seed, name),
        version=system.version if system else default_version(seed, name),
        replicas=replicas,
        system=system,
    )


def _sources(
    layers: Layers, endpoints: Mapping[str, Sequence[Offer]], seed: int
) -> dict[str, list[Source]]:
    """Return what each consumer takes: one or two destinations of the queue that calls it."""
    pairs = [
        (consumer, queue)
        for queue, kind in layers.kinds.items()
        if kind is ServiceKind.QUEUE
        for consumer in layers.callees[queue]
    ]
    return {consumer: _taken(consumer, queue, endpoints[queue], seed) for consumer, queue in pairs}


def _taken(consumer: str, queue: str, offers: Sequence[Offer], seed: int) -> list[Source]:
    stream = Stream(seed, "sources", consumer)
    picks = {stream.below(len(offers)) for _ in range(_MOST_SOURCES)}
    return [Source(queue, destination, consumer) for destination in sorted(picks)]


def _processing(
    consumer: Outline,
    sources: Sequence[Source],
    endpoints: Mapping[str, Sequence[Offer]],
    seed: int,
) -> list[Offer]:
    return [
        consumer_offer(
            consumer, endpoints[source.queue][source.destination].target, source.group, seed
        )
        for source in sources
    ]
