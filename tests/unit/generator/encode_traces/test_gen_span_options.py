"""What the configuration and other packages add to spans: attributes, trace state."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from span_decoding import attributes, decoded
from span_samples import sample_table, sample_topology
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64, below, draw
from telemetry_generator.encode.cells import Fragments
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES, SpanAttributes
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.custom import custom_key
from telemetry_generator.semantics.sampling import threshold, threshold_text
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology

TOPOLOGY = sample_topology()
TABLE = sample_table(TOPOLOGY, 0, 400)


def encoded(options: dict[str, Any], providers: Sequence[SpanAttributes] = ()) -> list[Span]:
    config = TracesConfig.model_validate(options)
    return decoded(TraceEncoder(TOPOLOGY, config, providers).encode(TABLE)[0])


def near(share: float, expected: float, count: int) -> bool:
    """Whether a share is within four standard errors."""
    return bool(abs(share - expected) <= 4 * (expected * (1 - expected) / count) ** 0.5)


def said(span: Span, prefix: str) -> dict[str, Any]:
    found = attributes(span.attributes).items()
    return {key: value for key, value in found if key.startswith(prefix)}


def test_custom_attributes_are_one_to_three_on_a_share_of_the_spans() -> None:
    keys = {custom_key(number) for number in range(30)}
    counts = Counter(
        len(keys & attributes(span.attributes).keys())
        for span in encoded({"custom_attributes": {"count": 30, "percentage": 30.0}})
    )
    assert set(counts) == {0, 1, 2, 3}
    assert near(1 - counts[0] / len(TABLE), 0.3, len(TABLE))


@pytest.mark.parametrize(("count", "most"), [(1, 1), (2, 2), (3, 3), (7, 3)])
def test_custom_attributes_of_a_span_differ(count: int, most: int) -> None:
    options = {"custom_attributes": {"count": count, "percentage": 100.0}}
    keys = {custom_key(number) for number in range(count)}
    seen: set[str] = set()
    for span in encoded(options):
        mine = [pair.key for pair in span.attributes if pair.key in keys]
        assert 1 <= len(mine) == len(set(mine)) <= most
        seen.update(mine)
    assert seen == keys


def test_custom_attributes_have_every_type() -> None:
    keys = {custom_key(number) for number in range(30)}
    types = {
        pair.value.WhichOneof("value")
        for span in encoded({"custom_attributes": {}})
        for pair in span.attributes
        if pair.key in keys
    }
    kinds = ("string", "int", "double", "bool", "array", "kvlist", "bytes")
    assert types == {f"{kind}_value" for kind in kinds}


def test_names_of_custom_attributes_do_not_run_out() -> None:
    assert len({custom_key(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize("size", [1, 3, 100, 20_000])
def test_fat_spans_have_so_many_values_of_so_many_bytes(size: int) -> None:
    fat = {"per_span_min": 2, "per_span_max": 4, "value_bytes": size, "percentage": 50.0}
    spans = encoded({"fat_spans": {**fat, "key_prefix": "app.blob"}})
    counts: Counter[int] = Counter()
    for span in spans:
        values = said(span, "app.blob.")
        counts[len(values)] += 1
        assert all(len(value.encode()) == size for value in values.values())
        assert list(values) == [f"app.blob.{number + 1}" for number in range(len(values))]
    assert set(counts) == {0, 2, 3, 4}
    assert near(counts[0] / len(TABLE), 0.5, len(TABLE))


def test_fat_spans_may_be_fat_by_nothing() -> None:
    spans = encoded({"fat_spans": {"per_span_min": 0, "per_span_max": 0}})
    assert not any(said(span, "custom.fat") for span in spans)


def test_an_attribute_has_exactly_so_many_distinct_values() -> None:
    options = {
        "cardinality": [
            {"key": "app.customer.id", "values": 150},
            {"key": "app.flag", "values": 1, "percentage": 25.0},
        ]
    }
    spans = encoded(options)
    customers = Counter(said(span, "app.customer.")["app.customer.id"] for span in spans)
    assert len(customers) == 150
    assert max(customers.values()) < 6 * len(spans) / 150
    flagged = [span for span in spans if said(span, "app.flag")]
    assert {value for span in flagged for value in said(span, "app.flag").values()} == {
        "flag-00000000"
    }
    assert near(len(flagged) / len(spans), 0.25, len(spans))


def test_millions_of_values_are_rarely_drawn_twice() -> None:
    spans = encoded({"cardinality": [{"key": "app.order.id", "values": 10_000_000}]})
    values = {said(span, "app.order.")["app.order.id"] for span in spans}
    assert len(values) > 0.99 * len(spans)
    assert all(re.fullmatch(r"id-\d{8}", value) for value in values)


def test_two_attributes_of_high_cardinality_are_independent() -> None:
    keys = ("app.one", "app.two")
    spans = encoded({"cardinality": [{"key": key, "values": 10} for key in keys]})
    pairs = {tuple(said(span, key)[key][-1] for key in keys) for span in spans}
    assert len(pairs) == 100


def test_a_key_of_the_conventions_that_is_configured_stands_once() -> None:
    spans = encoded({"cardinality": [{"key": "client.address", "values": 7}]})
    for span in spans:
        keys = [pair.key for pair in span.attributes]
        assert keys.count("client.address") == 1
    addresses = {said(span, "client.address")["client.address"] for span in spans}
    assert len(addresses) == 7


def test_attributes_do_not_depend_on_the_table_that_a_span_is_in() -> None:
    config = TracesConfig.model_validate(
        {
            "custom_attributes": {},
            "fat_spans": {"percentage": 40.0, "value_bytes": 30},
            "cardinality": [{"key": "app.customer.id", "values": 1000}],
            "sampling": {"percentage": 20.0},
        }
    )
    encoder = TraceEncoder(TOPOLOGY, config)
    whole, _ = encoder.encode(sample_table(TOPOLOGY, 0, 64))
    parts = [encoder.encode(sample_table(TOPOLOGY, at, 16))[0] for at in range(0, 64, 16)]
    assert b"".join(parts) == whole


@pytest.mark.parametrize(
    ("percentage", "text"), [(100.0, "0"), (50.0, "8"), (25.0, "c"), (10.0, "e6666666666666")]
)
def test_the_trace_state_tells_threshold_and_randomness(percentage: float, text: str) -> None:
    """Values as in OpenTelemetry's examples of consistent probability sampling."""
    assert threshold_text(percentage) == text
    assert threshold(percentage) == int(text.ljust(14, "0"), 16)
    spans = encoded({"sampling": {"percentage": percentage}})
    for span in spans:
        sampled = span.flags & 1
        expected = rf"ot=th:{text};rv:[0-9a-f]{{14}}" if sampled else r"ot=rv:[0-9a-f]{14}"
        assert re.fullmatch(expected, span.trace_state), span.trace_state
    assert {span.flags & 1 for span in spans} == {0, 1}


def test_the_randomness_is_the_trace_s_own() -> None:
    by_trace: dict[bytes, set[str]] = {}
    for span in encoded({"sampling": {"percentage": 10.0}}):
        by_trace.setdefault(span.trace_id, set()).add(span.trace_state[-14:])
    told = {key: {int(text, 16) for text in texts} for key, texts in by_trace.items()}
    ids = zip(TABLE.trace_high.tolist(), TABLE.trace_low.tolist(), strict=True)
    expected = {
        high.to_bytes(8, "little") + low.to_bytes(8, "little"): {randomness}
        for (high, low), randomness in zip(ids, TABLE.randomness.tolist(), strict=True)
    }
    assert told == expected


def test_without_a_sampler_there_is_no_trace_state() -> None:
    assert not any(span.trace_state for span in encoded({}))
    without = encoded({"sampling": {"percentage": 10.0, "tracestate": False}})
    assert not any(span.trace_state for span in without)


class Regions:
    """Attributes of another package: one of three regions, in place of the port."""

    keys = frozenset({"app.region", "client.port"})

    def column(self, table: SpanTable, topology: Topology) -> tuple[Fragments, I64]:
        assert topology is TOPOLOGY
        regions = ("north", "south", "west")
        items = [attribute_bytes(SPAN_ATTRIBUTES, [("app.region", name)]) for name in regions]
        return Fragments.of([b"", *items]), below(draw(table.key, 200), 4)


def test_another_package_can_add_attributes() -> None:
    spans = {span.span_id: span for span in encoded({}, [Regions()])}
    _, index = Regions().column(TABLE, TOPOLOGY)
    assert set(np.unique(index).tolist()) == {0, 1, 2, 3}
    for row, chosen in enumerate(index.tolist()):
        span = spans[int(TABLE.span_id[row]).to_bytes(8, "little")]
        expected = {} if not chosen else {"app.region": ("north", "south", "west")[chosen - 1]}
        assert said(span, "app.region") == expected
        assert not said(span, "client.port")
