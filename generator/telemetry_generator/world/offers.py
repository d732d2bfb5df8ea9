"""What services do when nobody configures it: operations by kind, from the package's data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from telemetry_generator.keyed import Stream
from telemetry_generator.tables import read_table
from telemetry_generator.world.model import Fault, Latency, Protocol, ServiceKind
from telemetry_generator.world.outline import Offer, Outline

FUNCTION = "function"
"""What INTERNAL operations are called among the kinds."""
_PROTOCOLS: Mapping[str, Protocol] = {
    ServiceKind.HTTP: Protocol.HTTP,
    ServiceKind.GRPC: Protocol.RPC,
    ServiceKind.DATABASE: Protocol.DATABASE,
    ServiceKind.CACHE: Protocol.CACHE,
    ServiceKind.QUEUE: Protocol.MESSAGING,
    ServiceKind.CONSUMER: Protocol.MESSAGING,
    FUNCTION: Protocol.INTERNAL,
}
_FRONTS = ("api", "gateway", "web", "front", "bff", "edge", "ingress")
_FRONT_NOUNS = ("orders", "products", "carts", "customers", "shipments")

Row = Mapping[str, str]


def endpoint_offers(outline: Outline, seed: int) -> list[Offer]:
    """Return what others can ask of a service; a consumer's follow from what it consumes."""
    if outline.kind is ServiceKind.CONSUMER:
        return []
    return _offers(outline, outline.kind, Stream(seed, "offers", outline.name))


def function_offers(outline: Outline, seed: int) -> list[Offer]:
    """Return what a service does inside; none for one that emits no spans."""
    if outline.is_silent:
        return []
    return _offers(outline, FUNCTION, Stream(seed, "functions", outline.name))


def consumer_offer(outline: Outline, destination: str, group: str, seed: int) -> Offer:
    """Return the processing of the messages that one destination has for a consumer group."""
    stream = Stream(seed, "consumer", outline.name, destination)
    return with_group(_offer(_rows(outline.kind, "")[0], outline, destination, "", stream), group)


def with_group(offer: Offer, group: str) -> Offer:
    """Return a consumer's operation as one of a consumer group."""
    name = ("messaging.consumer.group.name", group)
    return replace(offer, attributes=(name, *offer.attributes))


def usual_offer(outline: Outline, kind: str, name: str, seed: int) -> Offer:
    """Return a usual operation of `kind`, to start from where little but a name is known."""
    stream = Stream(seed, "operation", outline.name, name)
    row = _rows(kind, _system(outline))[0]
    return _offer(row, outline, row["targets"].partition(",")[0], "", stream)


def _offers(outline: Outline, kind: str, stream: Stream) -> list[Offer]:
    return [
        _offer(row, outline, target, nouns, stream)
        for nouns in _nouns(outline.name, kind)
        for row in _rows(kind, _system(outline))
        for target in row["targets"].split(",")
    ]


def _offer(row: Row, outline: Outline, target: str, nouns: str, stream: Stream) -> Offer:
    """Return an operation of this service: as fast and as good as usual, give or take half."""
    word = _word(outline.name, "_")
    entity = "".join(part.capitalize() for part in word.split("_"))
    method = row["method"].replace("{entity}", entity)
    for placeholder, value in (("{nouns}", nouns), ("{word}", word), ("{entity}", entity)):
        target = target.replace(placeholder, value)
    return Offer(
        name=_name(row["kind"], method, target),
        protocol=_PROTOCOLS[row["kind"]],
        method=method,
        target=target,
        latency=Latency(_around(row["median_micros"], stream), int(row["sigma_millis"])),
        error_per_million=_around(row["error_per_million"], stream),
        fault=_fault(outline, row["kind"], stream),
        weight=int(row["weight"]),
        text=row["text"].replace("{target}", target),
    )


def _fault(outline: Outline, kind: str, stream: Stream) -> Fault:
    """Return one of the usual faults, the exception in the service's language."""
    row = stream.pick(_faults(kind, _system(outline)))
    return Fault(row.get(outline.language) or row["exception"], row["message"], row["code"])


def _name(kind: str, method: str, target: str) -> str:
    """Return how calls in the configuration refer to an operation that is not configured."""
    if kind in (ServiceKind.QUEUE, ServiceKind.CONSUMER):
        return target
    return method if kind in (ServiceKind.GRPC, FUNCTION) else f"{method} {target}"


def _around(value: str, stream: Stream) -> int:
    return int(value) * (50 + stream.below(101)) // 100


def _nouns(service: str, kind: str) -> Iterator[str]:
    """Yield the plurals that stand in the routes of an HTTP service; one nothing for others."""
    if kind != ServiceKind.HTTP:
        yield ""
        return
    word = _word(service, "-").removesuffix("-service")
    if any(front in word for front in _FRONTS):
        yield from _FRONT_NOUNS
    elif word.endswith("s"):
        yield word
    else:
        yield word[:-1] + "ies" if word.endswith("y") else word + "s"


def _word(service: str, joint: str) -> str:
    return re.sub(r"[^a-z0-9]+", joint, service.lower()).strip(joint) or "item"


def _system(outline: Outline) -> str:
    return outline.system.name if outline.system else ""


@cache
def _rows(kind: str, system: str) -> list[dict[str, str]]:
    return _fitting("operations", kind, system)


@cache
def _faults(kind: str, system: str) -> list[dict[str, str]]:
    return _fitting("faults", kind, system)


def _fitting(table: str, kind: str, system: str) -> list[dict[str, str]]:
    """Return the rows of a kind and system; those of the kind's first row where none is for it."""
    of_kind = [row for row in read_table(table) if row["kind"] == kind]
    exact = [row for row in of_kind if not system or system in row["systems"].split(",")]
    general = [row for row in of_kind if not row["systems"]]
    usual = [row for row in of_kind if row["systems"] == of_kind[0]["systems"]]
    return exact or general or usual
