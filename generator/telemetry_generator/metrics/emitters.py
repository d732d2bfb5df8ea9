"""Emitters: everything in the system that reports metrics, and which metrics each can report."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64, derive_key
from telemetry_generator.draws import I64
from telemetry_generator.keyed import Stream
from telemetry_generator.metrics.definition import Reporter
from telemetry_generator.metrics.workloads import list_workloads
from telemetry_generator.metrics.world_axes import AxisTable, build_axis
from telemetry_generator.world.identifiers import uuid
from telemetry_generator.world.infrastructure import Node
from telemetry_generator.world.model import Topology
from telemetry_generator.world.resources import Resource

NOBODY = -1
"""Stands for the service or instance of an emitter that is none."""

_COLLECTOR_VERSION = "0.159.0"

_LANGUAGES = {
    Reporter.JAVA: "java",
    Reporter.GO: "go",
    Reporter.PYTHON: "python",
    Reporter.NODEJS: "nodejs",
    Reporter.DOTNET: "dotnet",
}

_BY_AXIS = {
    Reporter.HTTP_SERVER: "http_server",
    Reporter.HTTP_CLIENT: "http_client",
    Reporter.RPC_SERVER: "rpc_server",
    Reporter.RPC_CLIENT: "rpc_client",
    Reporter.DB_CLIENT: "db_client",
    Reporter.PRODUCER: "producer",
    Reporter.CONSUMER: "consumer",
}
"""Services of a certain make are those that have options on this axis."""


@dataclass(frozen=True, slots=True, eq=False)
class Emitter:
    """Someone who reports metrics, all of them under one resource."""

    number: int
    reporter: Reporter
    """What it is; an instance of a service is a SERVICE, whatever its make."""
    resource: Resource
    key: int
    """The key of its own draws: it follows from its identity, not from its number."""
    entity: int
    """The key of the hidden state that its metrics follow. A host and its Kubernetes node share
    it, and so do a pod, its container and its service instance."""
    service: int = NOBODY
    """An index into `Topology.services`."""
    instance: int = NOBODY
    """An index into `Topology.instances`."""


class _Draft(NamedTuple):
    """An emitter before it has a number and keys."""

    reporter: Reporter
    resource: Resource
    identity: str
    entity: str
    service: int = NOBODY
    instance: int = NOBODY


class Emitters:
    """All emitters of a system, each at the index of its number, and who fits which metrics."""

    def __init__(self, topology: Topology, seed: int) -> None:
        self._topology = topology
        self._axes: dict[str, AxisTable] = {}
        self._reporters: dict[Reporter, I64] = {}
        drafts = enumerate(_drafts(topology, seed))
        self.all = tuple(_numbered(number, draft, seed) for number, draft in drafts)
        self.keys: U64 = np.array([emitter.key for emitter in self.all], np.uint64)
        """The keys of all emitters, shape (emitters,)."""
        self.services: I64 = np.array([emitter.service for emitter in self.all], np.int64)
        """The services of all emitters, NOBODY for none; shape (emitters,)."""

    def axis(self, name: str) -> AxisTable:
        """Return the options that services have on a world axis."""
        if name not in self._axes:
            self._axes[name] = build_axis(name, self._topology)
        return self._axes[name]

    def reporting(self, reporter: Reporter) -> I64:
        """Return the numbers of the emitters that fit, ascending; maybe none."""
        if reporter not in self._reporters:
            fitting = [emitter.number for emitter in self.all if self._fits(emitter, reporter)]
            self._reporters[reporter] = np.array(fitting, np.int64)
        return self._reporters[reporter]

    def _fits(self, emitter: Emitter, reporter: Reporter) -> bool:
        if emitter.reporter is not Reporter.SERVICE:
            return emitter.reporter is reporter
        if reporter in _BY_AXIS:
            return bool(self.axis(_BY_AXIS[reporter]).count[emitter.service])
        if reporter in _LANGUAGES:
            return self._topology.services[emitter.service].language == _LANGUAGES[reporter]
        return reporter is Reporter.SERVICE


def _numbered(number: int, draft: _Draft, seed: int) -> Emitter:
    return Emitter(
        number=number,
        reporter=draft.reporter,
        resource=draft.resource,
        key=derive_key(seed, "emitter", draft.reporter, draft.identity),
        entity=derive_key(seed, "entity", draft.entity),
        service=draft.service,
        instance=draft.instance,
    )


def _drafts(topology: Topology, seed: int) -> Iterator[_Draft]:
    infrastructure = topology.infrastructure
    for cluster in infrastructure.clusters:
        yield _Draft(Reporter.CLUSTER, cluster.resource, cluster.name, f"cluster/{cluster.name}")
    for load in list_workloads(infrastructure, seed):
        yield _Draft(*load, f"{load.reporter}/{load.identity}")
    for node in infrastructure.nodes:
        yield from _of_node(node, seed)
    yield from _of_pods(topology)


def _of_node(node: Node, seed: int) -> Iterator[_Draft]:
    entity = f"node/{node.name}"
    yield _Draft(Reporter.HOST, node.host, node.name, entity)
    yield _Draft(Reporter.NODE, node.node, node.name, entity)
    yield _Draft(Reporter.COLLECTOR, _collector(node, seed), node.name, f"collector/{node.name}")


def _of_pods(topology: Topology) -> Iterator[_Draft]:
    """Yield pods with their container, volume and instance, whose state is the pod's."""
    instances = {instance.pod: instance for instance in topology.instances}
    for pod in topology.infrastructure.pods:
        uid = str(pod.pod["k8s.pod.uid"])
        entity = f"pod/{uid}"
        stateful = topology.services[pod.service].is_silent
        yield _Draft(Reporter.POD, pod.pod, uid, entity)
        yield _Draft(Reporter.CONTAINER, pod.container, uid, entity)
        yield _Draft(Reporter.VOLUME, _volume(pod.pod, stateful=stateful), uid, entity)
        if pod.number in instances:
            instance = instances[pod.number]
            yield _Draft(
                Reporter.SERVICE,
                instance.resource,
                str(instance.resource["service.instance.id"]),
                entity,
                instance.service,
                instance.number,
            )


def _volume(pod: Resource, *, stateful: bool) -> Resource:
    """Return the pod's one volume: of a store a claim, otherwise room for temporary files."""
    name, kind = ("data", "persistentVolumeClaim") if stateful else ("tmp", "emptyDir")
    return Resource((*pod.attributes, ("k8s.volume.name", name), ("k8s.volume.type", kind)))


def _collector(node: Node, seed: int) -> Resource:
    return Resource(
        (
            ("service.name", "otelcol-contrib"),
            ("service.version", _COLLECTOR_VERSION),
            ("service.instance.id", uuid(Stream(seed, "collector", node.name))),
            ("k8s.cluster.name", node.node["k8s.cluster.name"]),
            ("k8s.namespace.name", "kube-system"),
            ("k8s.daemonset.name", "otel-collector-agent"),
            ("k8s.node.name", node.name),
            ("host.name", node.name),
        )
    )
