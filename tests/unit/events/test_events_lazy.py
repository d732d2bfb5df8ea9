"""Attributes of events that are read when they are asked for say what those read at once say."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import cut_events
from telemetry_common.planning.wire import WireError
from telemetry_common.signals import Signal
from telemetry_sender.events.attribute_list import AttributeList
from telemetry_sender.events.model import Log
from telemetry_sender.events.reader import EventReader
from telemetry_sender.records.dialects.flat import DIALECT
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.shared_texts import SharedTexts
from template_files import template_of

BROKEN = b"\x0a\x7f"
"""A KeyValue whose key is longer than what there is of it."""


def logs_with(pairs: list[tuple[str, Any]]) -> bytes:
    logs = LogsData()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(time_unix_nano=1)
    for key, value in pairs:
        said = record.attributes.add(key=key).value
        if isinstance(value, str):
            said.string_value = value
        elif isinstance(value, int):
            said.int_value = value
        else:
            said.array_value.values.add(double_value=value)
    return logs.SerializeToString()


def with_broken_attribute() -> bytes:
    """Return logs of one record, the last attribute of which is not protobuf."""
    data = logs_with([(str(number), "x") for number in range(8)] + [("", "")])
    whole = logs_with([("", "")])
    last = whole[whole.index(b"\x32") :]
    assert data.endswith(last)
    assert last == b"\x32\x04\x12\x02\x0a\x00"
    return data[:-4] + BROKEN + b"\x12\x00"


def read(data: bytes, *, is_lazy: bool) -> Log:
    (log,) = EventReader(Signal.LOGS, is_lazy=is_lazy).read(data)
    assert isinstance(log, Log)
    return log


@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from("abcdefghijkl"),
            st.one_of(st.text(max_size=3), st.integers(-(1 << 63), (1 << 63) - 1), st.floats(0, 9)),
        ),
        max_size=14,
    )
)
def test_attributes_say_the_same_whenever_they_are_read(pairs: list[tuple[str, Any]]) -> None:
    """Also where a key comes twice; by their values, and as JSON without them."""
    data = logs_with(pairs)
    lazy, eager = (read(data, is_lazy=is_lazy).attributes for is_lazy in (True, False))
    assert isinstance(eager, dict)
    assert isinstance(lazy, AttributeList) == (len(pairs) > 7)
    assert SharedTexts().attributes(lazy) == json_text(eager)
    assert list(lazy.items()) == list(eager.items())
    assert (lazy, len(lazy), bool(lazy)) == (eager, len(eager), bool(eager))


def test_what_is_broken_is_refused_when_it_is_asked_for() -> None:
    data = with_broken_attribute()
    with pytest.raises(WireError):
        read(data, is_lazy=False)
    attributes = read(data, is_lazy=True).attributes
    for _ in range(2):
        with pytest.raises(WireError):
            attributes.get("1")
    with pytest.raises(WireError):
        SharedTexts().attributes(attributes)


def test_a_template_with_a_broken_attribute_is_refused_in_one_line(tmp_path: Path) -> None:
    template = template_of(tmp_path, {Signal.LOGS: with_broken_attribute()})[Signal.LOGS]
    encoder = RecordEncoder(template, DIALECT)
    with pytest.raises(TemplateError, match="is not OTLP logs"):
        encoder.prepare(cut_events(template.plan, 0, 0, 1))
