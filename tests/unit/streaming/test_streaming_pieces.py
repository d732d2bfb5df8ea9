"""Pieces of template files: valid themselves, and together the file."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from core_support import COMMITTED, examples, sources
from otlp_samples import sample
from telemetry_common.planning.wire import WireError
from telemetry_common.signals import Signal
from telemetry_common.stream import StreamWriter
from telemetry_sender.streaming.pieces import pieces
from telemetry_sender.streaming.sources import StreamSource


def _blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@given(source=sources, block=st.integers(1, 400), size=st.integers(1, 4000))
@examples(100)
def test_pieces_joined_are_the_file(source: Random, block: int, size: int) -> None:
    data = b"".join(sample(source, Signal.TRACES).SerializeToString() for _ in range(4))
    made = list(pieces(_blocks(data, block), size))
    assert b"".join(made) == data
    for piece in made:
        TracesData.FromString(piece)


def test_every_piece_has_the_dictionary_and_its_share_of_the_profiles() -> None:
    data = (COMMITTED / "small-profiles.pb").read_bytes()
    whole = ProfilesData.FromString(data)
    made = [ProfilesData.FromString(piece) for piece in pieces(_blocks(data, 1000), 2_000)]
    assert len(made) > 1
    assert all(piece.dictionary == whole.dictionary for piece in made)
    assert [each for piece in made for each in piece.resource_profiles] == list(
        whole.resource_profiles
    )


def test_a_piece_is_about_as_large_as_asked_for() -> None:
    data = (COMMITTED / "small-traces.pb").read_bytes()
    largest = max(
        len(each.SerializeToString()) for each in TracesData.FromString(data).resource_spans
    )
    for piece in list(pieces(_blocks(data, 1000), 20_000))[:-1]:
        assert 20_000 - largest <= len(piece) <= 21_000


@given(st.integers(1, 2000))
def test_a_file_that_is_cut_off_is_an_error(lost: int) -> None:
    data = (COMMITTED / "small-traces.pb").read_bytes()[:-lost]
    try:
        made = b"".join(pieces(_blocks(data, 5000), 20_000))
    except WireError as error:
        assert "ends inside a field" in error.problem  # noqa: PT017
    else:
        assert made == data  # cut between two fields


@given(st.binary(min_size=1, max_size=300), st.integers(1, 50), st.integers(1, 50))
def test_no_bytes_crash_it(data: bytes, block: int, size: int) -> None:
    try:
        assert b"".join(pieces(_blocks(data, block), size)).endswith(data[-1:])
    except WireError:
        return


def test_what_is_no_field_is_refused_with_its_place() -> None:
    good = b"\x0a\x02ab"
    with pytest.raises(WireError, match="byte 4: not a field"):
        list(pieces([good + b"\x09" + bytes(8)], 1))


def test_a_stream_gives_every_segment_the_dictionary(tmp_path: Path) -> None:
    data = (COMMITTED / "small-profiles.pb").read_bytes()
    whole = ProfilesData.FromString(data)
    dictionary = ProfilesData(dictionary=whole.dictionary).SerializeToString()
    file = tmp_path / "stream"
    with file.open("wb") as opened:
        writer = StreamWriter(opened, [Signal.PROFILES])
        writer.piece(Signal.PROFILES, dictionary)
        for resource in whole.resource_profiles:
            piece = ProfilesData(resource_profiles=[resource])
            writer.piece(Signal.PROFILES, piece.SerializeToString())
            writer.end_segment()
        writer.end()
    source = StreamSource(file)
    for _ in range(2):
        segments = [ProfilesData.FromString(each[Signal.PROFILES]) for each in source.segments()]
        assert [each.dictionary for each in segments] == [whole.dictionary] * len(segments)
        assert [each.resource_profiles[0] for each in segments] == list(whole.resource_profiles)
