"""What an inspection says about a set, against a set whose every fact is known."""

from pathlib import Path

import pytest

from handmade_set import MS, TRACE_1, HandmadeSet, span, span_id
from no_progress import NoProgress
from project_files import ROOT
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_generator.inspection import Inspection, inspect_set
from telemetry_generator.inspection.model import NodeKind


def inspected(directory: Path, most_spans: int = 1_000_000) -> Inspection:
    return inspect_set(directory, NoProgress(), most_spans=most_spans)


@pytest.fixture
def hand(tmp_path: Path) -> Inspection:
    return inspected(HandmadeSet().write(tmp_path))


def test_calls_are_derived_from_parents_peers_and_links(hand: Inspection) -> None:
    assert {(call.caller, call.callee): (call.count, call.errors) for call in hand.calls} == {
        ("shop", "payment"): (1, 1),
        ("payment", "postgresql pay"): (1, 0),
        ("shop", "orders"): (1, 0),
        ("shop", "mail"): (1, 0),
    }


def test_a_consumer_that_names_its_queue_takes_from_it(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.spans[6].attributes.extend(hand.spans[3].attributes)
    calls = {(call.caller, call.callee) for call in inspected(hand.write(tmp_path)).calls}
    assert {("shop", "orders"), ("orders", "mail")} <= calls
    assert ("shop", "mail") not in calls


def test_nodes_say_what_they_are_and_how_they_did(hand: Inspection) -> None:
    nodes = {node.name: node for node in hand.nodes}
    assert {name: node.kind for name, node in nodes.items()} == {
        "shop": NodeKind.SERVICE,
        "payment": NodeKind.SERVICE,
        "mail": NodeKind.SERVICE,
        "orders": NodeKind.QUEUE,
        "postgresql pay": NodeKind.DATABASE,
    }
    assert (nodes["shop"].spans, nodes["shop"].entries) == (3, 1)
    assert (nodes["payment"].requests, nodes["payment"].errors) == (1, 1)
    assert nodes["payment"].latency.p99 == 40 * MS
    assert nodes["postgresql pay"].spans == 0


def test_a_call_without_an_answer_goes_to_the_host_that_it_names(tmp_path: Path) -> None:
    hand = HandmadeSet()
    attribute = hand.spans[5].attributes
    del attribute[:]
    attribute.add(key="server.address").value.string_value = "rates.example"
    (external,) = [
        node
        for node in inspected(hand.write(tmp_path / "far")).nodes
        if node.kind is NodeKind.EXTERNAL
    ]
    assert external.name == "rates.example"
    attribute[0].value.string_value = "mail.shop.svc"
    calls = inspected(hand.write(tmp_path / "near")).calls
    assert ("payment", "mail") in {(call.caller, call.callee) for call in calls}


def test_traces_are_summed_up(hand: Inspection) -> None:
    assert hand.traces is not None
    assert (hand.traces.traces, hand.traces.spans, hand.traces.errors) == (2, 6, 1)
    assert hand.traces.depth == 4
    assert hand.traces.duration.max == 100 * MS
    assert sum(each.count for each in hand.traces.durations) == 2
    assert hand.traces.kinds == {"server": 2, "client": 2, "producer": 1, "consumer": 1}


def test_a_waterfall_shows_parents_before_children_and_everything_about_a_span(
    hand: Inspection,
) -> None:
    (failing,) = [each for each in hand.waterfalls if each.failed]
    assert failing.trace_id == TRACE_1.hex()
    assert [(row.name, row.depth) for row in failing.rows] == [
        ("GET /cart", 0),
        ("POST payment", 1),
        ("POST /pay", 2),
        ("SELECT payments", 3),
        ("send orders", 1),
    ]
    payment = failing.rows[2]
    assert (payment.service, payment.kind, payment.failed) == ("payment", "server", True)
    assert (payment.start, payment.duration, payment.message) == (15 * MS, 40 * MS, "timeout")
    (event,) = payment.events
    assert (event.name, event.at) == ("exception", 40 * MS)
    assert event.attributes == {"exception.type": "TimeoutError"}


def test_a_trace_of_many_spans_is_cut_and_says_how_many_it_has(tmp_path: Path) -> None:
    hand = HandmadeSet()
    more = [span(100 + number, 1, number % 90, 90 + number % 10) for number in range(500)]
    hand.traces.resource_spans[0].scope_spans[0].spans.extend(more)
    largest = max(inspected(hand.write(tmp_path)).waterfalls, key=lambda each: each.spans)
    assert largest.spans == 505
    assert len(largest.rows) == 200


def test_spans_that_are_their_own_ancestors_do_not_hang_it(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.spans[1].parent_span_id = span_id(2)
    found = inspected(hand.write(tmp_path))
    assert found.traces is not None
    assert found.traces.depth > 0


def test_metrics_are_listed_with_type_unit_and_range(hand: Inspection) -> None:
    assert hand.metrics is not None
    assert (hand.metrics.metrics, hand.metrics.points) == (5, 6)
    listed = {metric.name: metric for metric in hand.metrics.listed}
    load, requests = listed["cpu.load"], listed["http.requests"]
    assert (load.type, load.unit, load.points, load.low, load.high) == ("gauge", "1", 2, 1.0, 2.0)
    assert (requests.type, requests.temporality, requests.low) == ("counter", "cumulative", 7)
    assert listed["http.duration"].exemplars == 1
    assert hand.metrics.families == {"cpu": 2, "http": 2, "queue": 1, "gc": 1}


def test_log_records_are_counted_by_type_and_severity(hand: Inspection) -> None:
    assert hand.logs is not None
    assert (hand.logs.records, hand.logs.with_span, hand.logs.events) == (2, 1, 1)
    assert hand.logs.types == {"application": 1, "disk.check": 1}
    assert hand.logs.severities == {"INFO": 1, "ERROR": 1}
    assert {sample.body for sample in hand.logs.samples} == {"payment failed", "disk checked"}


def test_profiles_name_their_functions(hand: Inspection) -> None:
    assert hand.profiles is not None
    assert (hand.profiles.profiles, hand.profiles.samples, hand.profiles.with_span) == (1, 1, 1)
    assert hand.profiles.sample_types == {"cpu in nanoseconds": 1}
    (function,) = hand.profiles.functions
    assert (function.name, function.self_value, function.total_value) == ("main", 11, 11)


def test_profiles_with_broken_indices_are_shown_as_far_as_they_go(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.profile.samples[0].stack_index = 99
    hand.profile.sample_type.unit_strindex = -5
    found = inspected(hand.write(tmp_path)).profiles
    assert found is not None
    assert found.sample_types == {"cpu in unknown": 1}
    assert not found.functions


def test_cardinality_counts_the_values_of_each_key(hand: Inspection) -> None:
    keys = {(key.place, key.key): key for key in hand.keys}
    services = keys["resource of traces", "service.name"]
    assert (services.distinct, services.occurrences, services.exact) == (3, 3, True)
    assert services.examples == ("shop", "payment", "mail")
    assert keys["data point", "cpu"].distinct == 2
    assert keys["event", "exception.type"].examples == ("TimeoutError",)


@pytest.mark.parametrize("missing", list(Signal))
def test_any_signal_may_be_absent(missing: Signal, tmp_path: Path) -> None:
    hand = HandmadeSet()
    del hand.entries[missing]
    found = inspected(hand.write(tmp_path))
    assert getattr(found, missing) is None
    assert {file.signal for file in found.set.files} == set(Signal) - {missing}


def test_the_committed_set_is_shown() -> None:
    found = inspected(ROOT / "templates")
    assert found.traces is not None
    assert found.traces.spans == next(each.events for each in found.set.files)
    assert found.nodes
    assert found.calls


def test_the_same_set_gives_the_same_inspection(tmp_path: Path) -> None:
    directory = HandmadeSet().write(tmp_path)
    assert inspected(directory) == inspected(directory)


def test_of_too_many_spans_a_sample_is_shown_and_said_to_be_one() -> None:
    whole = inspected(ROOT / "templates")
    sampled = inspected(ROOT / "templates", most_spans=100)
    assert whole.traces is not None
    assert sampled.traces is not None
    assert sampled.traces.sampled < 1
    assert sampled.traces.spans == whole.traces.spans, "spans are counted, not estimated"
    assert "chosen by chance" in sampled.notes[0]
    assert not whole.notes
    assert sampled.set == whole.set


def test_a_damaged_file_is_named_with_its_place(tmp_path: Path) -> None:
    directory = HandmadeSet().write(tmp_path)
    path = directory / "hand-logs.pb"
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(TemplateError, match=r"hand-logs\.pb: byte 0: ends inside a message"):
        inspected(directory)


def test_a_file_of_another_signal_is_not_shown_as_something_else(tmp_path: Path) -> None:
    directory = HandmadeSet().write(tmp_path)
    (directory / "hand-logs.pb").write_bytes(b"\x0a\x02\xff\xff")
    with pytest.raises(TemplateError, match="cannot be decoded"):
        inspected(directory)
