"""Emitters: the machines, clusters and service instances that report metrics."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from telemetry_generator.metrics.catalogue import Family
from telemetry_generator.world.operations import Protocol
from telemetry_generator.world.resources import Resource, cluster, host, kubelet
from telemetry_generator.world.topology import ServiceNode, Topology

_OF_SERVICES = frozenset({Family.PROCESS, Family.APPLICATION, Family.MESSAGING})
_OF_LANGUAGE = {"java": Family.JVM, "go": Family.GO, "python": Family.CPYTHON}
_OF_PROTOCOL = {Protocol.HTTP: Family.HTTP, Protocol.RPC: Family.RPC}


@dataclass(frozen=True, slots=True, eq=False)
class Emitter:
    """Who reports metrics of some families; a service's instance has `service` and `replica`."""

    resource: Resource
    families: frozenset[Family]
    service: ServiceNode | None = None
    replica: int = 0


def list_emitters(topology: Topology) -> list[Emitter]:
    """Return all emitters, in the order in which the metrics file has them."""
    hosts = range(topology.hosts)
    return [
        *(Emitter(host(number), frozenset({Family.HOST})) for number in hosts),
        *(Emitter(kubelet(number), frozenset({Family.POD, Family.CONTAINER})) for number in hosts),
        Emitter(cluster(), frozenset({Family.NODE, Family.CLUSTER})),
        *_service_emitters(topology),
    ]


def candidates(emitters: Sequence[Emitter], family: Family) -> list[Emitter]:
    """Return who may report metrics of `family`; any service where nobody is made for it."""
    return [emitter for emitter in emitters if family in emitter.families] or [
        emitter for emitter in emitters if emitter.service
    ]


def _service_emitters(topology: Topology) -> Iterator[Emitter]:
    for service in topology.services:
        if service.is_store:
            continue
        for replica, resource in enumerate(service.instances):
            yield Emitter(resource, _families(service, resource), service, replica)


def _families(service: ServiceNode, resource: Resource) -> frozenset[Family]:
    families = set(_OF_SERVICES)
    families.add(_OF_PROTOCOL[service.protocol])
    families.add(_OF_LANGUAGE[str(resource["telemetry.sdk.language"])])
    if any(callee.is_store for callee in service.callees):
        families.add(Family.DB)
    return frozenset(families)
