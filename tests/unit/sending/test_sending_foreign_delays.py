"""Delays that files made elsewhere name for single spans."""

import mmap
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from core_support import examples, sources
from foreign_files import EMIT_DELAY, attribute, file_of, foreign_sample, spans_of, timed_span
from otlp_events import holders_of
from otlp_samples import unusual
from replays import RecordingSink, replay
from telemetry_common.errors import TemplateError
from telemetry_common.foreign.delays import read_delays
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates


def mapped(data: bytes) -> mmap.mmap:
    memory = mmap.mmap(-1, max(1, len(data)))
    memory.write(data)
    memory.seek(0)
    return memory


def delayed(number: int, parent: int, delay: int, **fields: Any) -> Any:
    span = timed_span(number, parent, 1000, 500_000, **fields)
    span.attributes.append(attribute(EMIT_DELAY, delay))
    return span


@examples(60)
@given(rng=sources)
def test_delays_are_read_as_protobuf_reads_them(rng: Random) -> None:
    data = foreign_sample(rng)
    encoded = data.SerializeToString() if rng.random() < 0.5 else unusual(rng, data)
    expected = {}
    for number, span in enumerate(spans_of(data)):
        found = [each.value.int_value for each in span.attributes if each.key == EMIT_DELAY]
        if found:
            expected[number] = found[-1]
    late = read_delays(mapped(encoded), Path("file"))
    if late is None:
        assert not expected
    else:
        assert dict(zip(late.span.tolist(), late.delay_ms.tolist(), strict=True)) == expected


def test_a_span_follows_by_its_own_delay_and_without_the_attribute(tmp_path: Path) -> None:
    file = tmp_path / "x.pb"
    spans = [
        *(timed_span(2, 1, 2000, 1000), delayed(1, 0, 2500), timed_span(4, 3, 2000, 1000)),
        *(delayed(3, 0, 0, trace_id=b"o" * 16), delayed(5, 1, 700)),
    ]
    file.write_bytes(file_of(*spans))
    sink = RecordingSink()
    replay(sink, open_templates({Signal.TRACES: file}), multiplier=1)
    sent = {
        span.name: (request.began, [each.key for each in span.attributes])
        for request in sink.requests
        for span in holders_of(Signal.TRACES, request.payload)
    }
    assert {name: round(began, 3) for name, (began, _) in sent.items()} == {
        "span 2": 0, "span 1": 2.5, "span 4": 0, "span 3": 0, "span 5": 0.7,
    }  # fmt: skip
    assert all(keys == ["kept"] for _, keys in sent.values())


@pytest.mark.parametrize("delay", [-1, 3_600_001])
def test_a_delay_out_of_bounds_is_refused(tmp_path: Path, delay: int) -> None:
    file = tmp_path / "x.pb"
    file.write_bytes(file_of(timed_span(2, 1, 0, 5), delayed(1, 0, delay)))
    with pytest.raises(TemplateError, match=r"span 0000000000000001 of trace 7474.*emit_delay_ms"):
        open_templates({Signal.TRACES: file})
