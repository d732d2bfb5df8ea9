"""The keys of attributes that have too many values are found without reading an event."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from core_support import COMMITTED_SIGNALS, encoded_sample, examples, sources
from otlp_samples import ROOTS, sample
from plain_events import logs_in, points_in, spans_in
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_sender.records.influx.attribute_values import keys_beyond
from template_files import template_of


def found_in(signal: Signal, data: bytes, most: int) -> frozenset[str]:
    with TemporaryDirectory() as folder:
        return keys_beyond(template_of(Path(folder), {signal: data})[signal], most)


def expected_in(message: Any, most: int) -> set[str]:
    """Return those keys as the protobuf classes tell them."""
    values: defaultdict[str, set[bytes]] = defaultdict(set)
    for attributes in _attributes(message):
        for pair in attributes:
            values[pair.key].add(pair.value.SerializeToString(deterministic=True))
    return {key for key, found in values.items() if len(found) > most}


def _attributes(message: Any) -> Iterable[Any]:
    for _, groups in message.ListFields():
        yield from (group.resource.attributes for group in groups)
    for *_, event in (*spans_in(message), *points_in(message), *logs_in(message)):
        yield event.attributes


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(40)
@given(rng=sources, most=st.integers(1, 4))
def test_they_are_those_that_the_protobuf_classes_tell(
    signal: Signal, rng: Random, most: int
) -> None:
    message = sample(rng, signal)
    data = message.SerializeToString() or b"\x0a\x00"
    assert found_in(signal, data, most) == expected_in(message, most)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(40)
@given(rng=sources, most=st.integers(1, 4))
def test_unusual_encodings_hide_none(signal: Signal, rng: Random, most: int) -> None:
    """The same value in other bytes may count twice, which keeps the bound."""
    data = encoded_sample(rng, signal)
    assert found_in(signal, data, most) >= expected_in(ROOTS[signal].FromString(data), most)


def test_a_value_that_is_too_long_for_a_tag_counts_as_too_many() -> None:
    """InfluxDB refuses a line whose name and tags have more than 65,535 bytes."""
    data = TracesData()
    resource = data.resource_spans.add().resource
    for key, length in (("short", 4000), ("long", 5000)):
        resource.attributes.add(key=key).value.string_value = "x" * length
    data.resource_spans[0].scope_spans.add().spans.add(name="a")
    assert found_in(Signal.TRACES, data.SerializeToString(), 10) == {"long"}


def test_bytes_that_are_no_attribute_are_a_mistake_of_the_template() -> None:
    span = b"\x0a\x10" + b"\1" * 16 + b"\x12\x08" + b"\2" * 8 + b"\x4a\x02\x0a\x7f"
    scope = b"\x12" + bytes([len(span)]) + span
    resource = b"\x12" + bytes([len(scope)]) + scope
    with pytest.raises(TemplateError, match=r"x-traces\.pb: .*not OTLP traces"):
        found_in(Signal.TRACES, b"\x0a" + bytes([len(resource)]) + resource, 1)
