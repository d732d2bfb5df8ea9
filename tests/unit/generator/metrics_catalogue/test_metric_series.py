"""Series: as many as configured, no two alike, each under an emitter that may report it."""

from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emitter_world import metric_topology
from metric_series import all_series, attributes_of, identities, series_factory
from telemetry_common.errors import UsageError
from telemetry_generator.metrics.catalogue import required_attributes
from telemetry_generator.metrics.definition import Reporter, SplitKind
from telemetry_generator.metrics.series import FOREVER, NO_OPERATION
from telemetry_generator.metrics.world_axes import WORLD_AXES, build_axis
from telemetry_generator.world.model import Call

_TOPOLOGY = metric_topology()
_FEW = {"timeseries_per_metric": {"min": 1, "max": 60, "default": 30}}


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 400),
    bounds=st.lists(st.integers(1, 300), min_size=3, max_size=3).map(sorted),
    explosion=st.none() | st.fixed_dictionaries({"series": st.integers(1, 900)}),
    churn=st.none() | st.fixed_dictionaries({"percentage": st.integers(1, 100)}),
    seed=st.integers(0, 1 << 62),
)
def test_every_series_is_unique_and_the_total_is_exact(
    count: int,
    bounds: list[int],
    explosion: dict[str, int] | None,
    churn: dict[str, int] | None,
    seed: int,
) -> None:
    low, default, high = bounds
    config = {
        "metric_count": count,
        "timeseries_per_metric": {"min": low, "default": default, "max": high},
        "explosion": explosion,
        "churn": churn,
    }
    factory = series_factory(_TOPOLOGY, config, seed)
    made = identities(factory)
    assert factory.metrics == count
    assert len(made) == len(set(made)) == factory.total
    per_metric = Counter(name for name, _, _ in made)
    assert len(per_metric) == count
    exploded = explosion["series"] if explosion else low
    assert all(low <= series <= high or series == exploded for series in per_metric.values())


def test_no_series_has_an_attribute_twice() -> None:
    config = {**_FEW, "explosion": {"metrics": ["http.*"]}, "churn": {}}
    for _, _, attributes in identities(series_factory(_TOPOLOGY, config)):
        assert len(dict(attributes)) == len(attributes)


def test_keys_of_series_differ() -> None:
    for config in ({}, {"churn": {"percentage": 50}}):
        factory = series_factory(_TOPOLOGY, config)
        keys = np.concatenate([series.keys for series in all_series(factory)])
        assert len(np.unique(keys)) == factory.total


def test_series_have_what_the_conventions_require() -> None:
    factory = series_factory(_TOPOLOGY)
    required = required_attributes()
    for series in all_series(factory):
        definition = series.definition
        for row in (0, len(series) - 1):
            given_keys = dict(attributes_of(series, row)).keys()
            assert required[definition.name, definition.source] <= given_keys, definition.name


def test_a_metric_is_reported_by_those_it_is_about() -> None:
    factory = series_factory(_TOPOLOGY)
    machines = set(list(Reporter)[: list(Reporter).index(Reporter.SERVICE)])
    for series in all_series(factory):
        found = {factory.emitters[emitter].reporter for emitter in series.emitters.tolist()}
        wanted = series.definition.reporter
        assert found == {wanted if wanted in machines else Reporter.SERVICE}


def test_services_report_their_own_routes_and_the_runtime_of_their_language() -> None:
    factory = series_factory(_TOPOLOGY)
    checked = 0
    for series in all_series(factory):
        for row, emitter in enumerate(series.emitters.tolist()):
            service = factory.emitters[emitter].service
            attributes = dict(attributes_of(series, row))
            if "http.route" in attributes:
                own = [_TOPOLOGY.operations[at] for at in _TOPOLOGY.services[service].endpoints]
                routes = {(operation.method, operation.target) for operation in own}
                assert (attributes["http.request.method"], attributes["http.route"]) in routes
                checked += 1
            if series.definition.name.startswith("jvm."):
                assert _TOPOLOGY.services[service].language == "java"
                checked += 1
    assert checked


def test_calls_of_an_explicit_topology_are_those_of_its_operations() -> None:
    call = Call(operations=(3,), weights=(1,))
    operations = list(_TOPOLOGY.operations)
    operations[0] = replace(operations[0], calls=(call,))
    explicit = replace(_TOPOLOGY, is_explicit=True, operations=tuple(operations))
    (option,) = build_axis("http_client", explicit).dimension.options
    assert dict(option)["url.template"] == _TOPOLOGY.operations[3].target


def test_exemplars_can_be_chosen_by_the_operation_of_a_series() -> None:
    table = build_axis("http_server", _TOPOLOGY)
    assert table.dimension.operations is not None
    pairs = zip(table.dimension.options, table.dimension.operations.tolist(), strict=True)
    for option, number in pairs:
        assert dict(option)["http.route"] == _TOPOLOGY.operations[number].target


def test_an_option_that_operations_share_is_about_none_of_them() -> None:
    table = build_axis("http_server_method", _TOPOLOGY)
    orders = slice(int(table.first[1]), int(table.first[1] + table.count[1]))
    methods = [dict(option)["http.request.method"] for option in table.dimension.options[orders]]
    assert methods == ["GET", "DELETE"]
    assert table.dimension.operations is not None
    assert table.dimension.operations[orders][0] == NO_OPERATION


@pytest.mark.parametrize("name", WORLD_AXES)
def test_axes_give_the_attributes_that_they_promise(name: str) -> None:
    options = build_axis(name, _TOPOLOGY).dimension.options
    assert options
    given_keys = {key for option in options for key, _ in option}
    assert given_keys == set(WORLD_AXES[name])
    texts = [str(value) for option in options for _, value in option]
    assert all(text.isprintable() for text in texts)  # no marker of the spans' texts is left


def test_consumers_name_the_queue_and_callers_the_callee() -> None:
    consumed = dict(build_axis("consumer", _TOPOLOGY).dimension.options[0])
    assert consumed["messaging.system"] == "kafka"
    assert str(consumed["server.address"]).startswith("events.")
    called = build_axis("rpc_client", _TOPOLOGY).dimension.options
    assert {str(dict(option)["server.address"]).split(".")[0] for option in called} == {"payment"}


def test_series_of_a_group_are_neighbours_and_differ_in_one_attribute_only() -> None:
    checked = set()
    for series in all_series(series_factory(_TOPOLOGY)):
        split = series.definition.values.split
        if split is None:
            assert len(np.unique(series.groups)) == len(series)
            continue
        groups = defaultdict(list)
        for row, key in enumerate(series.groups.tolist()):
            groups[key].append(dict(attributes_of(series, row)))
        for members in groups.values():
            values = [attributes.pop(split.key) for attributes in members]
            assert len(set(values)) == len(values)
            assert all(attributes == members[0] for attributes in members)
        changes = int((series.groups[1:] != series.groups[:-1]).sum())
        assert changes == len(groups) - 1
        checked.add(split.kind)
    assert checked == set(SplitKind)


def test_groups_are_whole_where_the_bounds_allow() -> None:
    factory = series_factory(_TOPOLOGY)
    whole = [
        factory.count(number) % 7
        for number in range(factory.metrics)
        if factory.definition(number).name == "system.cpu.utilization"
    ]
    assert whole == [0]


def test_series_are_spread_evenly() -> None:
    factory = series_factory(_TOPOLOGY, {"include": ["system.cpu.load_average.1m"]})
    (series,) = all_series(factory)
    shares = np.bincount(series.emitters)
    assert np.ptp(shares[shares > 0]) <= 1
    assert int((shares > 0).sum()) == 2


def test_emitters_of_series_ascend() -> None:
    for series in all_series(series_factory(_TOPOLOGY)):
        assert (np.diff(series.emitters) >= 0).all()


def test_a_chunk_can_be_made_alone() -> None:
    config = {"metric_count": 400, "churn": {}, "explosion": {"series": 30_000}}
    one, other = (series_factory(_TOPOLOGY, config) for _ in range(2))
    for number in (one.chunks - 1, 0, one.chunks // 2):
        for left, right in zip(one.chunk(number), other.chunk(number), strict=True):
            assert left.definition == right.definition
            assert (left.keys == right.keys).all()


@pytest.mark.parametrize("scrapes", [1, 7])
def test_chunks_have_ten_thousand_points(scrapes: int) -> None:
    factory = series_factory(_TOPOLOGY, {"points_per_series": scrapes})
    sizes = [
        sum(len(series) for series in factory.chunk(number)) for number in range(factory.chunks)
    ]
    assert set(sizes[:-1]) == {10_000 // scrapes}
    assert sum(sizes) == factory.total


def test_more_metrics_keep_the_series_of_fewer() -> None:
    few = identities(series_factory(_TOPOLOGY, {"metric_count": 40}))
    more = identities(series_factory(_TOPOLOGY, {"metric_count": 400}))
    assert more[: len(few)] == few


def test_one_more_metric_of_ones_own_changes_no_other() -> None:
    own = {"name": "shop.orders.open", "attributes": {"shop.region": ["eu", "us"]}}
    before = set(identities(series_factory(_TOPOLOGY, _FEW)))
    after = set(identities(series_factory(_TOPOLOGY, {**_FEW, "custom": [own]})))
    assert before < after
    assert {name for name, _, _ in after - before} == {"shop.orders.open"}


def test_one_more_host_takes_series_over_but_makes_no_others() -> None:
    config = {"families": ["host"], **_FEW}
    before = identities(series_factory(metric_topology(nodes=2), config))
    after = identities(series_factory(metric_topology(nodes=3), config))
    old = {key for _, key, _ in before}
    assert {each for each in after if each[1] in old} <= set(before)
    assert len(after) == len(before)


def test_an_explosion_gives_every_series_a_value_of_its_own() -> None:
    config = {"explosion": {"metrics": ["http.server.active_requests"], "series": 25_000}}
    values = {
        dict(attributes)["user.id"]
        for name, _, attributes in identities(series_factory(_TOPOLOGY, config))
        if name == "http.server.active_requests"
    }
    assert len(values) == 25_000
    assert min(map(str, values)) == "user-00000000"


def test_the_configured_share_of_metrics_explodes() -> None:
    factory = series_factory(
        _TOPOLOGY, {**_FEW, "metric_count": 500, "explosion": {"percentage": 5, "series": 99}}
    )
    counts = [factory.count(number) for number in range(factory.metrics)]
    assert counts.count(99) == 25


def test_churned_series_follow_each_other_under_new_ids() -> None:
    config = {"metric_count": 60, "churn": {"percentage": 25, "generations": 5}}
    factory = series_factory(_TOPOLOGY, config)
    total = churned = 0
    for series in all_series(factory):
        total += len(series)
        churned += int((series.generation != FOREVER).sum())
        assert set(series.generation.tolist()) <= {FOREVER, *range(5)}
        for row in range(len(series)):
            has_id = "k8s.pod.uid" in dict(attributes_of(series, row))
            assert has_id == (series.generation[row] != FOREVER)
    assert churned / total == pytest.approx(0.25, abs=0.02)


def test_followers_keep_their_other_attributes() -> None:
    config = {"include": ["app.order.placed"], "churn": {"percentage": 100, "generations": 3}}
    (series,) = all_series(series_factory(_TOPOLOGY, config))
    rest = [
        tuple(pair for pair in attributes_of(series, row) if pair[0] != "k8s.pod.uid")
        for row in range(3)
    ]
    assert series.generation[:3].tolist() == [0, 1, 2]
    assert rest[0] == rest[1] == rest[2]


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"explosion": {"metrics": ["http.*"], "attribute": "url.scheme"}}, "metrics.explosion"),
        ({"churn": {"attribute": "cpu.mode"}}, "metrics.churn"),
    ],
)
def test_an_attribute_that_a_metric_has_anyway_is_refused(
    config: dict[str, Any], place: str
) -> None:
    with pytest.raises(UsageError, match="anyway") as caught:
        series_factory(_TOPOLOGY, config)
    assert caught.value.place == f"{place}.attribute"


def test_what_is_one_thing_shares_its_hidden_state() -> None:
    factory = series_factory(_TOPOLOGY)
    by_entity = defaultdict(set)
    for emitter in factory.emitters:
        by_entity[emitter.entity].add(emitter.reporter)
    kinds = set(map(frozenset, by_entity.values()))
    assert frozenset({Reporter.HOST, Reporter.NODE}) in kinds
    pod = {Reporter.POD, Reporter.CONTAINER, Reporter.VOLUME}
    assert {frozenset(pod), frozenset({*pod, Reporter.SERVICE})} <= kinds


def test_emitters_have_keys_of_their_own() -> None:
    emitters = series_factory(_TOPOLOGY).emitters
    assert len({emitter.key for emitter in emitters}) == len(emitters)
    assert [emitter.number for emitter in emitters] == list(range(len(emitters)))
