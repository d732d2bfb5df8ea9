"""A request as text says what the request as bytes says, whatever was stamped."""

from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from core_support import (
    COMMITTED,
    SECOND,
    START,
    any_runs,
    blocks_of,
    committed_data,
    encoded_sample,
    examples,
    small_limits,
    sources,
    stampers_of,
)
from json_requests import fields_of, read_request
from otlp_samples import ROOTS, sample
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.encoding import EncodingStamper
from telemetry_sender.text import filling
from telemetry_sender.text.digits import Cells
from telemetry_sender.text.fields import EMPTY, SlotKind
from telemetry_sender.text.json_encoder import JsonEncoder
from telemetry_sender.text.texts import Texts
from template_files import template_of

OF_METRICS = {SlotKind.UNSIGNED, SlotKind.SIGNED, SlotKind.REAL}


def assert_text_is_bytes(
    templates: Mapping[Signal, Template], signal: Signal, limits: Limits, **run: int
) -> None:
    """Stamp each block in three passes as text and as bytes, and compare what they say."""
    template = templates[signal]
    texts = EncodingStamper(stampers_of(templates, **run)[signal], JsonEncoder(Texts(template)))
    stamper = stampers_of(templates, **run)[signal]
    for pass_number in (0, 1, 1000):
        now = START + pass_number * SECOND
        for block in blocks_of(template.plan, limits):
            stamped = ROOTS[signal].FromString(stamper.stamp(block, pass_number, now))
            text = texts.stamp(block, pass_number, now)
            assert fields_of(read_request(signal, text)) == fields_of(stamped)


@pytest.mark.parametrize("signal", list(Signal))
@examples(40)
@given(rng=sources, limits=small_limits, run=st.fixed_dictionaries(any_runs))
def test_text_of_arbitrary_files_says_what_the_bytes_say(
    signal: Signal, rng: Random, limits: Limits, run: dict[str, int]
) -> None:
    """In unusual encodings too, with unknown fields, and times of any size."""
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    with TemporaryDirectory() as folder:
        assert_text_is_bytes(template_of(Path(folder), files), signal, limits, **run)


@pytest.mark.parametrize("signal", list(Signal))
@examples(40)
@given(rng=sources, limits=small_limits, run=st.fixed_dictionaries(any_runs))
def test_text_is_rendered_once_when_all_times_are_of_this_age(
    signal: Signal, rng: Random, limits: Limits, run: dict[str, int]
) -> None:
    """Arbitrary values of all other fields, which then change in place."""
    files = {name: sample(rng, name) for name in (Signal.TRACES, signal)}
    for message in files.values():
        within_an_hour(rng, message)
    data = {name: message.SerializeToString() or b"\x0a\x00" for name, message in files.items()}
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), data)
        template = templates[signal]
        texts = EncodingStamper(stampers_of(templates, **run)[signal], JsonEncoder(Texts(template)))
        stamper = stampers_of(templates, **run)[signal]
        blocks = blocks_of(template.plan, limits)
        for pass_number in (0, 1, 2**40):
            for block in blocks:
                now = START + pass_number
                stamped = ROOTS[signal].FromString(stamper.stamp(block, pass_number, now))
                text = texts.stamp(block, pass_number, now)
                assert fields_of(read_request(signal, text)) == fields_of(stamped)
            forbid_rendering(texts)


def within_an_hour(rng: Random, message: Message) -> None:
    """Give a message and its parts template times within an hour, as files made here have."""
    for field, value in message.ListFields():
        if "unix_nano" in field.name:
            times = [
                rng.randrange(1, 3_600 * SECOND)
                for _ in range(len(value) if field.is_repeated else 1)
            ]
            if field.is_repeated:
                value[:] = times
            else:
                setattr(message, field.name, times[0])
        elif field.name == "duration_nano":
            setattr(message, field.name, rng.randrange(SECOND))
        elif field.message_type is not None:
            for child in value if field.is_repeated else [value]:
                within_an_hour(rng, child)


def forbid_rendering(stamper: EncodingStamper) -> None:
    """Let the stamper fail if it renders once more."""
    assert isinstance(stamper._encoder, JsonEncoder)
    stamper._encoder._texts._renderer = None  # type: ignore[assignment]


@pytest.mark.parametrize("signal", list(Signal))
def test_the_committed_set_is_sent_as_text(signal: Signal, tmp_path: Path) -> None:
    data = committed_data(Signal)
    assert_text_is_bytes(template_of(tmp_path, data), signal, Limits(20, 1 << 22), jitter=10**8)


@pytest.mark.parametrize("kind", list(SlotKind))
def test_without_any_one_kind_of_field_text_and_bytes_differ(
    kind: SlotKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the comparison is worth something: every kind of field is filled in, and looked at."""
    empty = EMPTY[kind].text[-EMPTY[kind].value_length :]

    def leave_empty(_: object, at: Offsets) -> Cells:
        return np.frombuffer(empty * len(at), np.uint8).reshape(len(at), -1)

    monkeypatch.setattr(filling, "_FORMATS", {**filling._FORMATS, kind: leave_empty})
    signal = Signal.METRICS if kind in OF_METRICS else Signal.TRACES
    data = {signal: (COMMITTED / f"small-{signal}.pb").read_bytes()}
    with pytest.raises(AssertionError):
        assert_text_is_bytes(template_of(tmp_path, data), signal, Limits(20, 1 << 22))


def test_a_block_that_is_cut_anew_has_a_text_of_its_own(tmp_path: Path) -> None:
    """As when the last block of a run is shortened, or a request that is too large is halved."""
    data = {Signal.TRACES: (COMMITTED / "small-traces.pb").read_bytes()}
    templates = template_of(tmp_path, data)
    plan = templates[Signal.TRACES].plan
    texts = EncodingStamper(
        stampers_of(templates)[Signal.TRACES], JsonEncoder(Texts(templates[Signal.TRACES]))
    )
    spans: list[Any] = []
    for limits in (Limits(1000, 1 << 22), Limits(3, 1 << 22), Limits(1000, 1 << 22)):
        for block in blocks_of(plan, limits):
            request: Any = read_request(Signal.TRACES, texts.stamp(block, 0, START))
            spans += [
                span.span_id
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
    assert len(spans) == 3 * plan.events
    assert len(set(spans)) == plan.events


def test_bytes_that_are_no_message_are_a_mistake_of_the_template(tmp_path: Path) -> None:
    """What no slot lies in is not looked at before: here the attribute of a span."""
    span = b"\x0a\x10" + b"\1" * 16 + b"\x12\x08" + b"\2" * 8 + b"\x4a\x02\x0a\x7f"
    scope = b"\x12" + bytes([len(span)]) + span
    resource = b"\x12" + bytes([len(scope)]) + scope
    data = b"\x0a" + bytes([len(resource)]) + resource
    templates = template_of(tmp_path, {Signal.TRACES: data})
    template = templates[Signal.TRACES]
    stamper = EncodingStamper(stampers_of(templates)[Signal.TRACES], JsonEncoder(Texts(template)))
    with pytest.raises(TemplateError, match=r"x-traces\.pb: .*not OTLP traces"):
        stamper.stamp(blocks_of(template.plan, Limits(1, 1 << 22))[0], 0, START)
