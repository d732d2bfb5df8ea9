"""Resources: one identity for all signals, which stays when the system grows."""

import re
from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semantic_attributes import attribute_names
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Topology
from telemetry_generator.world.resources import Resource
from world_samples import layered

_SHARED = (
    "k8s.pod.name", "k8s.pod.uid", "k8s.node.name", "k8s.namespace.name", "k8s.cluster.name",
    "deployment.environment.name",
)  # fmt: skip


def resources(topology: Topology) -> list[Resource]:
    found = topology.infrastructure
    return [
        *(each.resource for each in topology.instances),
        *(each.resource for each in found.clusters),
        *(resource for each in found.nodes for resource in (each.host, each.node)),
        *(resource for each in found.pods for resource in (each.pod, each.container)),
    ]


def instances(topology: Topology) -> dict[tuple[str, int], Attributes]:
    """Return the attributes of every instance, by service and replica."""
    replica: Counter[str] = Counter()
    found: dict[tuple[str, int], Attributes] = {}
    for each in topology.instances:
        name = topology.services[each.service].name
        found[name, replica[name]] = each.resource.attributes
        replica[name] += 1
    return found


def changed(before: Topology, after: Topology) -> int:
    """Return how many instances of the first system differ in the second."""
    now = instances(after)
    return sum(now[key] != attributes for key, attributes in instances(before).items())


def test_an_instance_and_its_pod_are_the_same_for_all_signals() -> None:
    made = layered(count=10, infrastructure={"clusters": 2})
    for instance in made.instances:
        pod = made.infrastructure.pods[instance.pod]
        node = made.infrastructure.nodes[pod.node]
        for key in _SHARED:
            assert instance.resource[key] == pod.pod[key] == pod.container[key]
        assert instance.resource["host.id"] == node.host["host.id"] == node.node["host.id"]
        assert instance.resource["host.name"] == node.host["host.name"]
        assert pod.pod["k8s.node.name"] == node.node["k8s.node.name"]
        cluster = made.infrastructure.clusters[node.cluster].resource
        assert node.node["k8s.cluster.uid"] == cluster["k8s.cluster.uid"]
        assert pod.service == instance.service


def test_stores_have_pods_but_no_instances() -> None:
    made = layered(count=10)
    silent = {each.number for each in made.services if each.is_silent}
    assert len(silent) == 2
    assert {each.service for each in made.instances}.isdisjoint(silent)
    pods = Counter(pod.service for pod in made.infrastructure.pods)
    assert set(pods.values()) == {3}
    stores = [pod for pod in made.infrastructure.pods if pod.service in silent]
    assert {pod.pod["k8s.pod.name"] for pod in stores} == {
        f"{name}-{number}" for name in ("cache", "database") for number in range(3)
    }
    assert all(pod.pod["k8s.statefulset.name"] for pod in stores)


def test_identifiers_are_never_shared() -> None:
    made = layered(count=40, infrastructure={"clusters": 3, "nodes": 7, "replicas": 4})
    infrastructure = made.infrastructure
    assert len(infrastructure.nodes) == 21
    for key, found in {
        "service.instance.id": [each.resource for each in made.instances],
        "k8s.cluster.uid": [each.resource for each in infrastructure.clusters],
        "host.id": [each.host for each in infrastructure.nodes],
        "host.ip": [each.host for each in infrastructure.nodes],
        "k8s.node.uid": [each.node for each in infrastructure.nodes],
        "k8s.pod.uid": [each.pod for each in infrastructure.pods],
        "k8s.pod.name": [each.pod for each in infrastructure.pods],
        "container.id": [each.container for each in infrastructure.pods],
    }.items():
        values = [resource[key] for resource in found]
        assert len(set(values)) == len(values), key


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 30), st.integers(1, 10), st.integers(1, 4), st.integers(1, 3))
def test_more_services_change_no_instance(
    count: int, more: int, replicas: int, clusters: int
) -> None:
    sizes = {"replicas": replicas, "clusters": clusters}
    before = layered(count=count, infrastructure=sizes)
    after = layered(count=count + more, infrastructure=sizes)
    assert changed(before, after) == 0
    old, new = before.infrastructure, after.infrastructure
    assert [each.host.attributes for each in old.nodes] == [
        each.host.attributes for each in new.nodes[: len(old.nodes)]
    ]


@pytest.mark.parametrize("replicas", [1, 3, 9])
def test_more_replicas_change_no_instance(replicas: int) -> None:
    before = layered(count=12, infrastructure={"replicas": replicas})
    after = layered(count=12, infrastructure={"replicas": replicas + 1})
    assert changed(before, after) == 0
    assert len(after.instances) == len(before.instances) // replicas * (replicas + 1)


def test_a_new_node_takes_its_share_of_pods_and_moves_no_other() -> None:
    before = layered(count=100, infrastructure={"nodes": 9})
    after = layered(count=100, infrastructure={"nodes": 10})
    pairs = zip(before.infrastructure.pods, after.infrastructure.pods, strict=True)
    moved = [now.node for old, now in pairs if old.node != now.node]
    assert set(moved) == {9}
    assert len(moved) == pytest.approx(300 / 10, abs=15)
    assert changed(before, after) <= len(moved)


def test_pods_are_spread_over_all_nodes() -> None:
    made = layered(count=200, infrastructure={"nodes": 12})
    pods = Counter(pod.node for pod in made.infrastructure.pods)
    assert len(pods) == 12
    assert max(pods.values()) < 2.5 * min(pods.values())


def test_the_number_of_nodes_follows_from_the_pods() -> None:
    assert len(layered(count=3).infrastructure.nodes) == 3
    assert len(layered(count=100).infrastructure.nodes) == 30


@pytest.mark.parametrize(
    ("provider", "platform", "host_id"),
    [("aws", "aws_eks", r"i-0[0-9a-f]{16}"), ("gcp", "gcp_kubernetes_engine", r"\d{19}"),
     ("azure", "azure.aks", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")],
)  # fmt: skip
def test_a_cloud_names_things_its_own_way(provider: str, platform: str, host_id: str) -> None:
    cloud = {"provider": provider, "region": "moon-1", "account": "acme"}
    host = layered(infrastructure={"cloud": cloud}).infrastructure.nodes[0].host
    assert host["cloud.platform"] == platform
    assert host["cloud.account.id"] == "acme"
    assert str(host["cloud.availability_zone"]).startswith("moon-1")
    assert re.fullmatch(host_id, str(host["host.id"]))


def test_every_attribute_is_a_convention_and_stands_once() -> None:
    made = layered(count=10, names=["kafka", "worker"])
    for resource in resources(made):
        keys = [key for key, _ in resource.attributes]
        assert len(set(keys)) == len(keys)
        assert set(keys) <= attribute_names()


def test_resources_of_spans_are_lean() -> None:
    """They stand in every trace once for each service."""
    assert {len(each.resource.attributes) for each in layered(count=10).instances} == {16}


def test_environment_and_languages_are_told() -> None:
    made = layered(count=30, infrastructure={"environment": "staging"})
    assert {each["deployment.environment.name"] for each in resources(made)} == {"staging"}
    languages = {each.resource["telemetry.sdk.language"] for each in made.instances}
    assert languages == {"java", "go", "python", "nodejs", "dotnet"}


def test_the_same_seed_gives_the_same_system_on_every_machine() -> None:
    """If this fails, sets of a seed are no longer the same as before: say so in the changelog."""
    made = layered(7, count=12, names=["kafka", "worker"])
    text = repr([resource.attributes for resource in resources(made)]) + repr(made.operations)
    assert sha256(text.encode()).hexdigest()[:16] == "aa71c21a38780c43"
