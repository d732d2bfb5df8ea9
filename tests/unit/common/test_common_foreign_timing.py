"""Traces of other tools, timed by attributes, are replayed with that timing and without them."""

import json
import mmap
import tempfile
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from compressed_sets import frame
from core_support import SECOND, START, examples, sources, stampers_of
from foreign_files import (
    DURATION,
    EMIT_DELAY,
    OFFSET,
    attribute,
    file_of,
    foreign_sample,
    set_times,
    spans_of,
    timed_span,
)
from integration.processes import receiver, running, sender_command
from otlp_samples import unusual
from telemetry_common.errors import TemplateError
from telemetry_common.foreign import chunks
from telemetry_common.foreign.timing import with_times
from telemetry_common.planning.cut import cut_events
from telemetry_common.planning.plan_cache import cache_path
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates

NANOS = st.integers(0, 10**15)


def rewritten(data: bytes, chunk_bytes: int = 8 << 20) -> bytes:
    """Return the bytes that are replayed instead of `data`."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "_CHUNK_BYTES", chunk_bytes)
        file = Path(folder) / "mine.pb"
        file.write_bytes(data)
        with file.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return with_times(mapped, file)[:]


def times(data: bytes) -> list[tuple[int, int]]:
    spans = spans_of(TracesData.FromString(data))
    return [(span.start_time_unix_nano, span.end_time_unix_nano) for span in spans]


def opened(folder: Path, data: bytes, name: str = "mine.pb") -> Template:
    file = folder / name
    file.write_bytes(data)
    return open_templates({Signal.TRACES: file})[Signal.TRACES]


def refused(folder: Path, *spans: Span) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        opened(folder, file_of(*spans))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2
    return caught.value


@pytest.mark.parametrize("encoding", ["canonical", "unusual"])
@examples(300)
@given(rng=sources, chunk_bytes=st.sampled_from([1, 500, 8 << 20]))
def test_attributes_become_times_and_all_else_stays(
    encoding: str, rng: Random, chunk_bytes: int
) -> None:
    """As if set with the protobuf classes, for any valid file, unknown fields included."""
    message = foreign_sample(rng)
    plain = message.SerializeToString()
    data = plain if encoding == "canonical" else unusual(rng, message)
    assume(data)
    expected = set_times(TracesData.FromString(data)).SerializeToString(deterministic=True)
    found = TracesData.FromString(rewritten(data, chunk_bytes))
    assert found.SerializeToString(deterministic=True) == expected


@examples(50)
@given(timing=st.lists(st.tuples(NANOS, NANOS), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_spans_are_sent_with_their_timing_and_without_the_attributes(
    timing: list[tuple[int, int]], seed: int
) -> None:
    spans = [timed_span(i + 1, i, *each) for i, each in enumerate(timing)]
    with tempfile.TemporaryDirectory() as folder:
        template = opened(Path(folder), file_of(*spans))
        stamper = stampers_of({Signal.TRACES: template}, seed=seed)[Signal.TRACES]
        sent = stamper.stamp(cut_events(template.plan, 0, 0, len(spans)), 1, START + SECOND)
    found = list(spans_of(TracesData.FromString(sent)))
    epoch = found[0].start_time_unix_nano - timing[0][0]
    for span, (offset, duration) in zip(found, timing, strict=True):
        assert span.start_time_unix_nano == epoch + offset
        assert span.end_time_unix_nano == epoch + offset + duration
        assert [each.key for each in span.attributes] == ["kept"]
    assert max(span.end_time_unix_nano for span in found) == START + SECOND
    for parent, child in pairwise(found):
        assert child.parent_span_id == parent.span_id


def test_offsets_count_from_one_where_no_span_has_a_time() -> None:
    """So that even the first span's start is in the bytes."""
    data = file_of(timed_span(1, 0, 0, 0), timed_span(2, 1, 5, 10))
    assert times(rewritten(data)) == [(1, 1), (6, 16)]


def test_offsets_count_from_the_earliest_start_of_their_trace() -> None:
    own = [Span(trace_id=b"t" * 16, start_time_unix_nano=at) for at in (900, 700)]
    other = timed_span(2, 0, 5, 10, trace_id=b"o" * 16)
    data = file_of(timed_span(1, 0, 5, 10), other, *own)
    assert times(rewritten(data)) == [(705, 715), (6, 16), (900, 0), (700, 0)]


def test_a_late_roots_delay_is_dropped_and_its_times_stay() -> None:
    root = Span(start_time_unix_nano=5, end_time_unix_nano=9)
    root.attributes.append(attribute(EMIT_DELAY, 100))
    data = rewritten(file_of(root))
    assert times(data) == [(5, 9)]
    assert b"_template" not in data


def test_a_file_without_such_attributes_is_mapped_as_it_is() -> None:
    """Also where the word stands in a value, or belongs to something else than a span."""
    span = Span(name="_template.start_offset_nanos", trace_id=b"t" * 16)
    span.events.add().attributes.append(attribute(OFFSET, 5))
    data = file_of(span)
    assert rewritten(data) == data


WRONG = {
    "negative": (OFFSET, AnyValue(int_value=-5)),
    "of eleven years": (DURATION, AnyValue(int_value=11 * 365 * 86_400 * 10**9)),
    "text": (OFFSET, AnyValue(string_value="5")),
    "a fraction": (DURATION, AnyValue(double_value=5.0)),
    "nothing": (OFFSET, AnyValue()),
}


@pytest.mark.parametrize(("key", "value"), WRONG.values(), ids=list(WRONG))
def test_a_value_that_is_no_time_is_named_with_its_span(
    tmp_path: Path, key: str, value: AnyValue
) -> None:
    span = timed_span(2, 1, 5, 10)
    kept = [each for each in span.attributes if each.key != key]
    del span.attributes[:]
    span.attributes.extend([*kept, KeyValue(key=key, value=value)])
    error = refused(tmp_path, timed_span(1, 0, 0, 99), span)
    assert error.place == f"{tmp_path}/mine.pb: span {2:016x} of trace {'74' * 16}"
    assert error.problem == f"{key} is not a number of nanoseconds between 0 and ten years"


def test_one_attribute_without_the_other_is_refused(tmp_path: Path) -> None:
    span = timed_span(1, 0, 0, 99)
    del span.attributes[-1]
    assert refused(tmp_path, span).problem == f"has only one of {OFFSET} and {DURATION}"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="not OTLP traces"):
        opened(tmp_path, file_of(timed_span(1, 0, 0, 99))[:-1])


def test_its_plan_is_kept_and_nothing_else_is_left(tmp_path: Path) -> None:
    """Compressed or not, the plan belongs to the bytes that are replayed."""
    data = file_of(timed_span(1, 0, 0, 99))
    assert not opened(tmp_path, data).was_cached
    assert opened(tmp_path, data).was_cached
    packed = opened(tmp_path, frame(data), "mine.pb.zst")
    assert packed.was_cached
    names = {"mine.pb", "mine.pb.zst", cache_path(tmp_path / "mine.pb").name}
    assert {file.name for file in tmp_path.iterdir()} == names


def test_the_sender_replays_it_and_the_receiver_finds_children_in_their_parents(
    tmp_path: Path,
) -> None:
    file, config = tmp_path / "theirs.pb", tmp_path / "sender.yaml"
    root, child = timed_span(1, 0, 0, 10**9), timed_span(2, 1, 10**8, 10**8)
    file.write_bytes(file_of(root, child, timed_span(3, 2, 15 * 10**7, 10**7)))
    with receiver(tmp_path) as peer:
        settings = {
            "input": {"traces": str(file)},
            "otlp": {"endpoint": peer.address, "insecure": True},
            "sending": {"rate_limit": {"events_per_second": 0}, "multiplier": 5},
        }
        config.write_text(yaml.safe_dump(settings))
        report = tmp_path / "sent.json"
        command = sender_command("--config", config, "--report", report)
        with running("sender", command, tmp_path / "sender.log") as sender:
            assert sender.process.wait(60) == 0
        received = peer.finish()
    assert json.loads(report.read_text())["totals"]["acked"] == 15
    assert received["signals"]["traces"]["events"] == 15
    assert received["checks"]["children_outside_parents"] == 0
