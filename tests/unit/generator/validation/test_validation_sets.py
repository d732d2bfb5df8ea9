"""Sound sets pass, and each kind of damage is found, named and counted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from handmade_set import HORIZON_NANOS, MS, TRACE_1, TRACE_2, HandmadeSet, attributes, span, span_id
from no_progress import NoProgress
from project_files import ROOT
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_generator.validation import Findings, Kind, validate_set

Damage = Callable[[HandmadeSet], object]


def findings_of(directory: Path, limit: int = 5) -> Findings:
    return validate_set(directory, NoProgress(), limit=limit)


def damaged(tmp_path: Path, damage: Damage) -> Findings:
    hand = HandmadeSet()
    damage(hand)
    return findings_of(hand.write(tmp_path))


def test_a_set_made_by_hand_is_sound(tmp_path: Path) -> None:
    found = findings_of(HandmadeSet().write(tmp_path))
    assert not found.shown
    assert found.sound
    assert {file.signal: file.events for file in found.files} == {
        Signal.TRACES: 6,
        Signal.METRICS: 6,
        Signal.LOGS: 2,
        Signal.PROFILES: 1,
    }


def test_the_committed_set_is_sound() -> None:
    assert findings_of(ROOT / "templates").sound


def _set(item: object, **fields: object) -> None:
    for name, value in fields.items():
        setattr(item, name, value)


def _late_child(hand: HandmadeSet) -> None:
    hand.spans[5].end_time_unix_nano = 1 + 57 * MS


def _second_root(hand: HandmadeSet) -> None:
    hand.spans[4].parent_span_id = b""


def _cycle(hand: HandmadeSet) -> None:
    hand.spans[1].parent_span_id = span_id(2)
    _set(hand.spans[2], start_time_unix_nano=1, end_time_unix_nano=1 + 100 * MS)


def _other_service(hand: HandmadeSet) -> None:
    hand.logs.resource_logs[0].resource.attributes[0].value.string_value = "mail"
    del hand.logs.resource_logs[0].resource.attributes[1:]


def _metric_point(hand: HandmadeSet, name: str) -> object:
    metric = hand.metric(name)
    return getattr(metric, str(metric.WhichOneof("data"))).data_points[0]


def _other_host(hand: HandmadeSet) -> None:
    hand.logs.resource_logs[0].resource.attributes[2].value.string_value = "node-2"


def _other_unit(hand: HandmadeSet) -> None:
    copy = hand.metrics.resource_metrics[0]
    again = hand.metrics.resource_metrics.add()
    again.CopyFrom(copy)
    again.resource.attributes[1].value.string_value = "shop-2"
    again.scope_metrics[0].metrics[0].unit = "%"
    hand.entries[Signal.METRICS] = {"resources": 2, "events": 12, "time_series": 12}


def _same_series(hand: HandmadeSet) -> None:
    points = hand.metric("cpu.load").gauge.data_points
    points[1].attributes[0].CopyFrom(points[0].attributes[0])
    hand.entries[Signal.METRICS]["time_series"] = 5


def _timeless_profile(hand: HandmadeSet) -> None:
    hand.profile.time_unix_nano = 0
    hand.profile.samples[0].ClearField("timestamps_unix_nano")


DAMAGES: dict[str, tuple[Kind, Damage]] = {
    "span id too short": (Kind.SPAN_ID, lambda s: _set(s.spans[6], span_id=b"1234")),
    "span id zero": (Kind.SPAN_ID, lambda s: _set(s.spans[6], span_id=bytes(8))),
    "parent id too long": (Kind.SPAN_ID, lambda s: _set(s.spans[6], parent_span_id=bytes(9))),
    "trace id zero": (Kind.TRACE_ID, lambda s: _set(s.spans[6], trace_id=bytes(16))),
    "trace id too short": (Kind.TRACE_ID, lambda s: _set(s.spans[6], trace_id=b"1234567")),
    "second root": (Kind.TRACE_ROOTS, _second_root),
    "unknown parent": (Kind.PARENT, lambda s: _set(s.spans[5], parent_span_id=span_id(99))),
    "own ancestor": (Kind.PARENT_CYCLE, _cycle),
    "late child": (Kind.CHILD_TIME, _late_child),
    "early child": (Kind.CHILD_TIME, lambda s: _set(s.spans[5], start_time_unix_nano=2)),
    "ends before start": (Kind.SPAN_TIME, lambda s: _set(s.spans[6], end_time_unix_nano=2)),
    "beyond the horizon": (
        Kind.TIME,
        lambda s: _set(s.spans[6], end_time_unix_nano=HORIZON_NANOS + 1),
    ),
    "no start": (Kind.TIME, lambda s: _set(s.spans[6], start_time_unix_nano=0)),
    "event outside": (
        Kind.EVENT_TIME,
        lambda s: _set(s.spans[4].events[0], time_unix_nano=1 + 56 * MS),
    ),
    "unknown link": (Kind.LINK, lambda s: _set(s.spans[6].links[0], span_id=span_id(99))),
    "link of another trace": (Kind.LINK, lambda s: _set(s.spans[6].links[0], trace_id=TRACE_2)),
    "link without an id": (Kind.LINK, lambda s: _set(s.spans[6].links[0], span_id=b"")),
    "key twice": (
        Kind.ATTRIBUTE_KEY,
        lambda s: s.spans[1].attributes.extend(attributes(http__route="/x")),
    ),
    "key twice in a record": (
        Kind.ATTRIBUTE_KEY,
        lambda s: s.records[0].attributes.extend(attributes(log__type="x")),
    ),
    "no key": (Kind.ATTRIBUTE_KEY, lambda s: s.spans[1].attributes.add()),
    "one instance on two hosts": (Kind.RESOURCE_IDENTITY, _other_host),
    "log of an unknown span": (
        Kind.LOG_REFERENCE,
        lambda s: _set(s.records[0], span_id=span_id(99)),
    ),
    "log of an unknown trace": (
        Kind.LOG_REFERENCE,
        lambda s: _set(s.records[0], span_id=b"", trace_id=bytes([8] * 16)),
    ),
    "log with half an id": (Kind.LOG_REFERENCE, lambda s: _set(s.records[1], span_id=span_id(1))),
    "log with a short id": (Kind.LOG_REFERENCE, lambda s: _set(s.records[1], trace_id=b"12")),
    "log outside its span": (
        Kind.LOG_TIME,
        lambda s: _set(s.records[0], time_unix_nano=1 + 56 * MS),
    ),
    "log of another service": (Kind.LOG_SERVICE, _other_service),
    "log without a time": (Kind.TIME, lambda s: _set(s.records[1], time_unix_nano=0)),
    "log observed too late": (
        Kind.TIME,
        lambda s: _set(s.records[1], observed_time_unix_nano=HORIZON_NANOS + 1),
    ),
    "metric without a name": (Kind.METRIC_NAME, lambda s: _set(s.metric("gc.pause"), name="")),
    "metric twice": (Kind.METRIC_NAME, lambda s: _set(s.metric("gc.pause"), name="queue.wait")),
    "one name, two units": (Kind.METRIC_IDENTITY, _other_unit),
    "no temporality": (
        Kind.METRIC_IDENTITY,
        lambda s: _set(s.metric("http.requests").sum, aggregation_temporality=0),
    ),
    "series twice": (Kind.SERIES, _same_series),
    "point without a value": (
        Kind.POINT_VALUE,
        lambda s: s.metric("http.requests").sum.data_points[0].ClearField("as_int"),
    ),
    "value not a number": (
        Kind.POINT_VALUE,
        lambda s: _set(_metric_point(s, "cpu.load"), as_double=float("nan")),
    ),
    "interval backwards": (
        Kind.POINT_TIME,
        lambda s: _set(_metric_point(s, "http.requests"), start_time_unix_nano=6 * MS),
    ),
    "point beyond": (Kind.TIME, lambda s: _set(_metric_point(s, "cpu.load"), time_unix_nano=0)),
    "count off": (Kind.HISTOGRAM, lambda s: _set(_metric_point(s, "http.duration"), count=4)),
    "bucket missing": (
        Kind.HISTOGRAM,
        lambda s: s.metric("http.duration").histogram.data_points[0].bucket_counts.pop(),
    ),
    "bounds descend": (
        Kind.HISTOGRAM,
        lambda s: s.metric("http.duration").histogram.data_points[0].explicit_bounds.reverse(),
    ),
    "minimum above": (Kind.HISTOGRAM, lambda s: _set(_metric_point(s, "http.duration"), min=3.0)),
    "exponential count off": (
        Kind.EXPONENTIAL_HISTOGRAM,
        lambda s: _set(_metric_point(s, "queue.wait"), zero_count=0),
    ),
    "absurd scale": (
        Kind.EXPONENTIAL_HISTOGRAM,
        lambda s: _set(_metric_point(s, "queue.wait"), scale=21),
    ),
    "quantiles descend": (
        Kind.SUMMARY,
        lambda s: s.metric("gc.pause").summary.data_points[0].quantile_values.reverse(),
    ),
    "quantile above one": (
        Kind.SUMMARY,
        lambda s: _set(s.metric("gc.pause").summary.data_points[0].quantile_values[1], quantile=9),
    ),
    "quantile value falls": (
        Kind.SUMMARY,
        lambda s: _set(s.metric("gc.pause").summary.data_points[0].quantile_values[1], value=0.1),
    ),
    "unknown exemplar": (
        Kind.EXEMPLAR,
        lambda s: _set(
            s.metric("http.duration").histogram.data_points[0].exemplars[0], span_id=span_id(99)
        ),
    ),
    "exemplar with a short id": (
        Kind.EXEMPLAR,
        lambda s: _set(
            s.metric("http.duration").histogram.data_points[0].exemplars[0], span_id=b"1"
        ),
    ),
    "exemplar without a time": (
        Kind.TIME,
        lambda s: _set(
            s.metric("http.duration").histogram.data_points[0].exemplars[0], time_unix_nano=0
        ),
    ),
    "entry 0 used": (
        Kind.DICTIONARY,
        lambda s: _set(s.profiles.dictionary.function_table[0], start_line=1),
    ),
    "empty table": (Kind.DICTIONARY, lambda s: s.profiles.dictionary.ClearField("mapping_table")),
    "no such string": (
        Kind.DICTIONARY,
        lambda s: _set(s.profiles.dictionary.function_table[1], name_strindex=99),
    ),
    "no such function": (
        Kind.DICTIONARY,
        lambda s: _set(s.profiles.dictionary.location_table[1].lines[0], function_index=-1),
    ),
    "no such stack": (Kind.DICTIONARY, lambda s: _set(s.profile.samples[0], stack_index=2)),
    "no such attribute": (
        Kind.DICTIONARY,
        lambda s: s.profile.attribute_indices.append(2),
    ),
    "no such location": (
        Kind.DICTIONARY,
        lambda s: s.profiles.dictionary.stack_table[1].location_indices.append(9),
    ),
    "profile id too short": (Kind.PROFILE_ID, lambda s: _set(s.profile, profile_id=b"1")),
    "profile id zero": (Kind.PROFILE_ID, lambda s: _set(s.profile, profile_id=bytes(16))),
    "values and times differ": (Kind.SAMPLE, lambda s: s.profile.samples[0].values.append(1)),
    "sample outside": (Kind.SAMPLE, lambda s: _set(s.profile, duration_nano=MS)),
    "profile without a time": (Kind.TIME, _timeless_profile),
    "unknown span in the dictionary": (
        Kind.PROFILE_LINK,
        lambda s: _set(s.profiles.dictionary.link_table[1], span_id=span_id(99)),
    ),
    "count of events": (Kind.COUNT, lambda s: s.entries[Signal.LOGS].update(events=3)),
    "count of traces": (Kind.COUNT, lambda s: s.entries[Signal.TRACES].update(traces=1)),
    "count of series": (Kind.COUNT, lambda s: s.entries[Signal.METRICS].update(time_series=1)),
    "count of resources": (Kind.COUNT, lambda s: s.entries[Signal.PROFILES].update(resources=2)),
    "bytes": (Kind.SIZE, lambda s: s.entries[Signal.LOGS].update(bytes=3)),
    "hash": (Kind.HASH, lambda s: s.entries[Signal.LOGS].update(sha256="0" * 64)),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found(name: str, tmp_path: Path) -> None:
    kind, damage = DAMAGES[name]
    found = damaged(tmp_path, damage)
    assert found.counts[kind] >= 1
    assert kind in {finding.kind for finding in found.shown}
    assert not found.sound


def test_every_kind_of_finding_is_shown_to_be_found() -> None:
    elsewhere = {Kind.FILE, Kind.DAMAGED}  # see test_validation_files
    assert {kind for kind, _ in DAMAGES.values()} | elsewhere == set(Kind)


def test_a_span_id_that_another_span_has_is_found(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        hand.spans[6].span_id = span_id(5)

    found = damaged(tmp_path, damage)
    assert found.counts == {Kind.SPAN_ID: 1}
    assert "not unique" in found.shown[0].problem


def test_one_fault_makes_one_finding_with_its_place(tmp_path: Path) -> None:
    found = damaged(tmp_path, _late_child)
    assert found.counts == {Kind.CHILD_TIME: 1}
    (finding,) = found.shown
    assert finding.file == "hand-traces.pb"
    assert finding.place == f"trace {TRACE_1.hex()} span {span_id(5).hex()}"
    assert finding.problem == "ends after its parent"
    assert finding.fix


def test_all_findings_are_counted_and_the_first_are_shown(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        spans = [span(100 + number, 99, 10, 20) for number in range(40)]
        hand.traces.resource_spans[0].scope_spans[0].spans.extend(spans)
        hand.entries[Signal.TRACES]["events"] = 46

    hand = HandmadeSet()
    damage(hand)
    found = findings_of(hand.write(tmp_path), limit=3)
    assert found.counts == {Kind.PARENT: 40}
    assert len(found.shown) == 3


def _rootless(hand: HandmadeSet) -> None:
    hand.spans[6].parent_span_id = span_id(77)


def test_a_root_whose_parent_is_elsewhere_is_sound_if_the_manifest_says_so(tmp_path: Path) -> None:
    hand = HandmadeSet()
    _rootless(hand)
    hand.entries[Signal.TRACES]["rootless"] = 1
    assert findings_of(hand.write(tmp_path)).sound


def test_a_root_whose_parent_is_elsewhere_is_not_sound_unannounced(tmp_path: Path) -> None:
    assert damaged(tmp_path, _rootless).counts == {Kind.PARENT: 1}


def test_fewer_rootless_traces_than_announced_are_found(tmp_path: Path) -> None:
    found = damaged(tmp_path, lambda hand: hand.entries[Signal.TRACES].update(rootless=1))
    assert found.counts == {Kind.COUNT: 1}


def test_a_root_that_stands_behind_its_children_is_sound(tmp_path: Path) -> None:
    hand = HandmadeSet()
    groups = hand.traces.resource_spans
    late = groups.add()
    late.CopyFrom(groups[0])
    del groups[0].scope_spans[0].spans[0]
    del late.scope_spans[0].spans[1:]
    hand.entries[Signal.TRACES]["resources"] = 4
    assert findings_of(hand.write(tmp_path)).sound


def test_without_traces_references_are_not_checked_and_that_is_said(tmp_path: Path) -> None:
    hand = HandmadeSet()
    del hand.entries[Signal.TRACES]
    found = findings_of(hand.write(tmp_path))
    assert found.sound
    assert found.notes


def test_two_profiles_do_not_share_an_id(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        profiles = hand.profiles.resource_profiles[0].scope_profiles[0].profiles
        profiles.add().CopyFrom(profiles[0])
        hand.entries[Signal.PROFILES]["events"] = 2

    assert damaged(tmp_path, damage).counts == {Kind.PROFILE_ID: 1}


def test_a_sample_has_values_or_timestamps(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        hand.profile.samples[0].ClearField("values")
        hand.profile.samples[0].ClearField("timestamps_unix_nano")

    assert damaged(tmp_path, damage).counts == {Kind.SAMPLE: 1}


def test_order_of_attributes_does_not_make_another_series(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        first, second = hand.metric("cpu.load").gauge.data_points
        del first.attributes[:], second.attributes[:]
        first.attributes.extend(attributes(a=1, b=2))
        second.attributes.extend(attributes(b=2, a=1))
        hand.entries[Signal.METRICS]["time_series"] = 5

    assert damaged(tmp_path, damage).counts == {Kind.SERIES: 1}


def test_a_series_may_have_a_point_at_each_of_several_times(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        points = hand.metric("cpu.load").gauge.data_points
        points[1].attributes[0].CopyFrom(points[0].attributes[0])
        points[1].time_unix_nano = points[0].time_unix_nano + 1
        hand.entries[Signal.METRICS]["time_series"] = 5

    assert damaged(tmp_path, damage).sound


def test_the_same_metric_of_another_resource_is_another_series(tmp_path: Path) -> None:
    def damage(hand: HandmadeSet) -> None:
        again = hand.metrics.resource_metrics.add()
        again.CopyFrom(hand.metrics.resource_metrics[0])
        again.resource.attributes[1].value.string_value = "shop-2"
        hand.entries[Signal.METRICS] = {"resources": 2, "events": 12, "time_series": 12}

    assert damaged(tmp_path, damage).sound


def test_a_directory_without_a_set_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="holds no"):
        findings_of(tmp_path)
    with pytest.raises(TemplateError, match="no such directory"):
        findings_of(tmp_path / "missing")
