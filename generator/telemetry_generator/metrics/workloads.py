"""What Kubernetes runs, as its cluster reports it: workloads, namespaces, quotas and jobs.

Deployments, replica sets and stateful sets are those of the generated pods. Every namespace also
has scheduled jobs, a quota and a controller of the old kind, and every cluster its daemon sets, so
that their metrics have someone to report them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from telemetry_generator.keyed import Stream
from telemetry_generator.metrics.definition import Reporter
from telemetry_generator.world.attributes import Attributes, Value
from telemetry_generator.world.identifiers import uuid
from telemetry_generator.world.infrastructure import Infrastructure
from telemetry_generator.world.resources import Resource

_DAEMONS = ("kube-proxy", "node-exporter", "csi-node-driver", "otel-collector-agent")
_SCHEDULED = ("database-backup", "nightly-report", "session-cleanup", "search-reindex")
_LEGACY = ("mail-relay", "pdf-renderer")

_CLUSTER = "k8s.cluster.name"
_NAMESPACE = "k8s.namespace.name"

_OF_PODS = {
    Reporter.DEPLOYMENT: "deployment",
    Reporter.REPLICASET: "replicaset",
    Reporter.STATEFULSET: "statefulset",
}


class Workload(NamedTuple):
    """Someone who reports to the cluster; `identity` tells it apart from all of its kind."""

    reporter: Reporter
    resource: Resource
    identity: str


def list_workloads(infrastructure: Infrastructure, seed: int) -> list[Workload]:
    """Return all workloads, each kind in the order of the pods, namespaces or clusters."""
    pods = [dict(pod.pod.attributes) for pod in infrastructure.pods]
    namespaces = dict.fromkeys((str(pod[_CLUSTER]), str(pod[_NAMESPACE])) for pod in pods)
    clusters = [cluster.name for cluster in infrastructure.clusters]
    return [
        *(load for reporter in _OF_PODS for load in _of_pods(reporter, pods)),
        *(load for space in namespaces for load in _of_namespace(*space, seed)),
        *(
            _named(Reporter.DAEMONSET, "daemonset", (cluster, "kube-system", name), seed)
            for cluster in clusters
            for name in _DAEMONS
        ),
        *(
            _named(Reporter.HPA, "hpa", (str(pod[_CLUSTER]), str(pod[_NAMESPACE]), name), seed)
            for name, pod in _first_pods("k8s.deployment.name", pods).items()
        ),
    ]


def _of_pods(reporter: Reporter, pods: list[dict[str, Value]]) -> Iterator[Workload]:
    """Yield the workloads that own the pods, under the names and uids that the pods have."""
    kind = _OF_PODS[reporter]
    keys = (f"k8s.{kind}.name", f"k8s.{kind}.uid")
    for uid, pod in _first_pods(keys[1], pods).items():
        attributes = tuple((key, pod[key]) for key in (_CLUSTER, _NAMESPACE, *keys))
        yield Workload(reporter, Resource(attributes), uid)


def _first_pods(key: str, pods: list[dict[str, Value]]) -> dict[str, dict[str, Value]]:
    """Return the first pod for each value of an attribute."""
    first: dict[str, dict[str, Value]] = {}
    for pod in pods:
        if key in pod:
            first.setdefault(str(pod[key]), pod)
    return first


def _of_namespace(cluster: str, namespace: str, seed: int) -> Iterator[Workload]:
    where: Attributes = ((_CLUSTER, cluster), (_NAMESPACE, namespace))
    yield Workload(Reporter.NAMESPACE, Resource(where), f"{cluster}/{namespace}")
    yield _named(Reporter.QUOTA, "resourcequota", (cluster, namespace, "compute"), seed)
    for name in _LEGACY:
        yield _named(
            Reporter.REPLICATION_CONTROLLER,
            "replicationcontroller",
            (cluster, namespace, name),
            seed,
        )
    for name in _SCHEDULED:
        yield _named(Reporter.CRONJOB, "cronjob", (cluster, namespace, name), seed)
        yield _named(Reporter.JOB, "job", (cluster, namespace, f"{name}-29312640"), seed)


def _named(reporter: Reporter, kind: str, path: tuple[str, str, str], seed: int) -> Workload:
    """Return a workload of a kind with `k8s.<kind>.name` and `.uid`, in a namespace."""
    cluster, namespace, name = path
    attributes: Attributes = (
        (_CLUSTER, cluster),
        (_NAMESPACE, namespace),
        (f"k8s.{kind}.name", name),
        (f"k8s.{kind}.uid", uuid(Stream(seed, kind, *path))),
    )
    return Workload(reporter, Resource(attributes), "/".join(path))
