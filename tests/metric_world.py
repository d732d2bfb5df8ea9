"""A small system with machines and pods, and spans of it: what metrics need to be generated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, MetricsData

from span_samples import sample_topology
from telemetry_common.ids import mix64
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.encode.metrics import MetricEncoder
from telemetry_generator.metrics.factory import MetricFactory
from telemetry_generator.traces.table import ROOT, Kind, Outcome, SpanTable
from telemetry_generator.world.infrastructure import Cluster, Infrastructure, Node, Pod
from telemetry_generator.world.model import Call, Instance, Protocol, Topology
from telemetry_generator.world.resources import Resource

HORIZON = 600_000_000_000
_CLUSTER = "k8s.cluster.name"
_SPANS = 40
_CALLED = (5, 7, 8, 10, 12, 13, 14)


def metric_topology(nodes: int = 8, replicas: int = 2) -> Topology:
    """Return the sample system on a number of machines, a pod for each replica of a service."""
    topology = _connected(_replicated(sample_topology(), replicas))
    clusters = (Cluster(0, "blue", Resource(((_CLUSTER, "blue"),))),)
    machines = tuple(_node(number) for number in range(nodes))
    pods = tuple(_pod(each.number, each.service, nodes) for each in topology.instances)
    return replace(topology, infrastructure=Infrastructure(clusters, machines, pods))


def _replicated(topology: Topology, replicas: int) -> Topology:
    traced = [service.number for service in topology.services if not service.is_silent]
    instances = tuple(
        Instance(at, service, _resource(topology.services[service].name, at), pod=at)
        for at, service in enumerate(each for each in traced for _ in range(replicas))
    )
    services = tuple(
        replace(
            service, instances=tuple(i.number for i in instances if i.service == service.number)
        )
        for service in topology.services
    )
    return replace(topology, instances=instances, services=services)


def _connected(topology: Topology) -> Topology:
    """Let what the first two services offer call one operation of each protocol."""
    calls = tuple(Call((callee,), (1,)) for callee in _CALLED)
    operations = tuple(
        replace(each, calls=calls) if each.service in (0, 1) else each
        for each in topology.operations
    )
    return replace(topology, operations=operations)


def _resource(name: str, number: int) -> Resource:
    identity = ("service.instance.id", f"{name}-{number}")
    return Resource((("service.name", name), ("service.namespace", "shop"), identity))


def _node(number: int) -> Node:
    name = f"node-{number}"
    host = Resource((("host.name", name), ("host.id", f"id-{number}")))
    node = Resource(((_CLUSTER, "blue"), ("k8s.node.name", name)))
    return Node(number, 0, name, host, node)


def _pod(number: int, service: int, nodes: int) -> Pod:
    attributes = (
        (_CLUSTER, "blue"),
        ("k8s.namespace.name", "shop"),
        ("k8s.node.name", f"node-{number % nodes}"),
        ("k8s.pod.name", f"pod-{number}"),
        ("k8s.pod.uid", f"uid-{number}"),
        ("k8s.deployment.name", f"service-{service}"),
        ("k8s.deployment.uid", f"deployment-{service}"),
        ("k8s.replicaset.name", f"service-{service}-1"),
        ("k8s.replicaset.uid", f"replicaset-{service}"),
    )
    container = Resource((*attributes, ("k8s.container.name", "app")))
    return Pod(number, number % nodes, service, Resource(attributes), container)


@dataclass(frozen=True)
class EverySpan:
    """Requests of many short spans that fit all operations, instances and kinds."""

    topology: Topology
    requests: int = 200

    def table(self, first: int, count: int) -> SpanTable:
        request = np.repeat(np.arange(first, first + count), _SPANS)
        number = np.arange(first * _SPANS, (first + count) * _SPANS)
        operation = number % len(self.topology.operations)
        at = [self._places(each) for each in operation.tolist()]
        pairs = [places[turn % len(places)] for places, turn in zip(at, number // 7, strict=True)]
        size = len(number)
        start = 1 + number * 7_919_777_777 % (HORIZON // 2)
        return SpanTable(
            request=request,
            trace=request - first,
            parent=np.full(size, ROOT),
            link=np.full(size, -1),
            service=np.array([self.topology.instances[each].service for each, _ in pairs]),
            instance=np.array([each for each, _ in pairs]),
            operation=operation,
            kind=np.array([kind for _, kind in pairs]),
            outcome=np.where(number % 5 == 0, Outcome.FAULT, Outcome.OK),
            attempt=np.zeros(size, np.int64),
            start=start,
            end=start + 1000 + number * 104_729 % 400_000_000,
            key=mix64(number.astype(np.uint64) + np.uint64(1)),
            detail=np.zeros(size, np.uint64),
            span_id=mix64(number.astype(np.uint64) + np.uint64(1 << 40)),
            phantom=np.zeros(size, np.uint64),
            trace_high=mix64(np.arange(first, first + count, dtype=np.uint64) + np.uint64(1)),
            trace_low=mix64(np.arange(first, first + count, dtype=np.uint64) + np.uint64(1 << 50)),
            is_late=np.zeros(size, np.bool_),
            sampled=np.ones(count, np.bool_),
            randomness=np.zeros(count, np.uint64),
        )

    def _places(self, operation: int) -> list[tuple[int, int]]:
        return _places(self.topology, operation)


@lru_cache
def _places(topology: Topology, number: int) -> list[tuple[int, int]]:
    """Return the instances at which an operation is seen, and as which kind."""
    operation = topology.operations[number]
    caller = Kind.PRODUCER if operation.protocol is Protocol.MESSAGING else Kind.CLIENT
    callee = Kind.CONSUMER if operation.protocol is Protocol.MESSAGING else Kind.SERVER
    internal = operation.protocol is Protocol.INTERNAL
    own = topology.services[operation.service].instances
    found = [(each, int(Kind.INTERNAL if internal else callee)) for each in own]
    if not internal and topology.services[operation.service].endpoints:
        found += [(each.number, int(caller)) for each in topology.instances]
    return found


def metric_factory(
    topology: Topology, *, seed: int = 1, spans: bool = True, **options: Any
) -> MetricFactory:
    """Return the factory of a set; `options` are those of the section `metrics`."""
    config = MetricsConfig.model_validate(options)
    traces = EverySpan(topology) if spans else None
    return MetricFactory(config, topology, traces, seed, HORIZON)


def encoded(factory: MetricFactory) -> list[bytes]:
    """Return all chunks of a set."""
    encoder = MetricEncoder(factory.emitters)
    return [encoder.encode(factory.chunk(number))[0] for number in range(factory.chunks)]


def decoded(factory: MetricFactory) -> MetricsData:
    """Return a whole set as a message."""
    return MetricsData.FromString(b"".join(encoded(factory)))


@dataclass(frozen=True)
class Placed:
    """A point and where it stands."""

    resource: Mapping[str, Any]
    metric: Metric
    kind: str
    point: Any

    @property
    def attributes(self) -> Mapping[str, Any]:
        return said(self.point.attributes)

    @property
    def data(self) -> Any:
        return getattr(self.metric, self.kind)

    @property
    def is_cumulative(self) -> bool:
        return bool(self.kind == "summary" or getattr(self.data, "aggregation_temporality", 0) == 2)

    @property
    def value(self) -> Any:
        return getattr(self.point, self.point.WhichOneof("value"))

    @property
    def series(self) -> tuple[Any, ...]:
        return (
            tuple(sorted(self.resource.items())),
            self.metric.name,
            tuple(sorted(self.attributes.items(), key=str)),
        )


def placed(data: MetricsData) -> list[Placed]:
    """Return all points in the order of the file."""
    return [
        Placed(said(group.resource.attributes), metric, kind, point)
        for group in data.resource_metrics
        for scope in group.scope_metrics
        for metric in scope.metrics
        for kind in (str(metric.WhichOneof("data")),)
        for point in getattr(metric, kind).data_points
    ]


def by_series(points: Iterable[Placed]) -> dict[tuple[Any, ...], list[Placed]]:
    """Return the points of each series in the order of the file."""
    series: dict[tuple[Any, ...], list[Placed]] = {}
    for each in points:
        series.setdefault(each.series, []).append(each)
    return series


def said(pairs: Any) -> Mapping[str, Any]:
    """Return attributes as a mapping."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in pairs}
