"""Streams of templates: what is written is read back, and damage is told."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.errors import RunError, StampedeError, TemplateError
from telemetry_common.signals import Signal
from telemetry_common.stream import Segment, StreamReader, StreamWriter

_HEADER = b"STAMPEDE-STREAM 1 traces metrics logs profiles\n"

_pieces = st.lists(st.tuples(st.sampled_from(Signal), st.binary(max_size=40)), min_size=1)


def _written(segments: Sequence[Sequence[tuple[Signal, bytes]]]) -> bytes:
    file = io.BytesIO()
    writer = StreamWriter(file, Signal)
    for segment in segments:
        for signal, data in segment:
            writer.piece(signal, data)
        writer.end_segment()
    writer.end()
    return file.getvalue()


def _read(data: bytes) -> list[Segment]:
    return list(StreamReader(io.BytesIO(data), "pipe").segments())


@given(st.lists(_pieces))
def test_pieces_of_a_segment_come_back_joined_by_signal(
    segments: list[list[tuple[Signal, bytes]]],
) -> None:
    expected = [
        {
            signal: b"".join(data for each, data in segment if each is signal)
            for signal, _ in segment
        }
        for segment in segments
    ]
    assert _read(_written(segments)) == expected


@given(st.lists(_pieces, min_size=1), st.data())
def test_a_stream_that_is_cut_off_anywhere_is_an_error(
    segments: list[list[tuple[Signal, bytes]]], data: st.DataObject
) -> None:
    whole = _written(segments)
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(RunError, match="pipe: the stream was cut off"):
        _read(whole[:end])


@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    with pytest.raises(StampedeError, match="pipe: "):
        _read(_HEADER + b"\xff" + data)


def test_a_file_that_is_no_stream_is_refused() -> None:
    with pytest.raises(TemplateError, match="not a stream of templates of version 1"):
        _read(b"\x0a\x05" * 20)


def test_a_frame_that_claims_gigabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(TemplateError, match="none of this format"):
        _read(_HEADER + b"\x01" + (1 << 40).to_bytes(8, "little"))


def test_the_first_line_names_the_signals() -> None:
    file = io.BytesIO()
    StreamWriter(file, [Signal.LOGS, Signal.TRACES]).end()
    assert file.getvalue().startswith(b"STAMPEDE-STREAM 1 logs traces\n")
    file.seek(0)
    assert StreamReader(file, "pipe").signals == (Signal.LOGS, Signal.TRACES)
