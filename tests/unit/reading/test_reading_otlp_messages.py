"""Messages behind their lengths become OTLP/JSON, whichever way they are compressed."""

import io
import json
import struct
from collections.abc import Callable
from random import Random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from core_support import COMMITTED, examples, sources
from json_requests import fields_of, read_request
from otlp_samples import ROOTS, sample
from telemetry_common.signals import Signal
from telemetry_sender.reading.base import Request
from telemetry_sender.reading.errors import DamagedError, UnreadableError
from telemetry_sender.reading.otlp_messages import OtlpMessages
from telemetry_sender.reading.source import MOST_BYTES, Source

every_signal = pytest.mark.parametrize("signal", Signal)
TRACES = (COMMITTED / "small-traces.pb").read_bytes()


def as_it_is(data: bytes) -> bytes:
    return data


def read(data: bytes, name: str = "x", signal: Signal | None = None) -> list[bytes]:
    file = io.BytesIO(data)
    reader = OtlpMessages(Request(name, file, Source(name, file), signal))
    return list(map(reader.line, reader.records()))


def framed(*messages: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(each)) + each for each in messages)


@every_signal
@pytest.mark.parametrize("pack", [as_it_is, zstandard.compress])
@examples(20)
@given(rng=sources)
def test_messages_become_lines_that_say_the_same(
    signal: Signal, pack: Callable[[bytes], bytes], rng: Random
) -> None:
    messages = [sample(rng, signal) for _ in range(3)]
    data = framed(*(pack(each.SerializeToString()) for each in messages))
    found = [read_request(signal, line) for line in read(data, signal=signal)]
    assert list(map(fields_of, found)) == list(map(fields_of, messages))


@every_signal
def test_a_message_shows_which_signal_it_holds(signal: Signal) -> None:
    data = (COMMITTED / f"small-{signal}.pb").read_bytes()
    (line,) = read(framed(data), name="misleading-traces-name")
    assert fields_of(read_request(signal, line)) == fields_of(ROOTS[signal].FromString(data))


def test_where_a_message_does_not_show_it_the_name_of_the_file_does() -> None:
    assert read(framed(b""), name="out/telemetry_logs_0001.pb") == [b"{}\n"]


@pytest.mark.parametrize("name", ["x", "logs-and-metrics.pb"])
def test_where_nothing_shows_it_the_user_is_asked(name: str) -> None:
    with pytest.raises(UnreadableError, match="say it by --signal"):
        read(framed(b""), name=name)


def test_compressed_json_is_passed_through() -> None:
    """As the Collector's file exporter writes it."""
    assert read(framed(zstandard.compress(b'{"resourceSpans":[]}'))) == [b'{"resourceSpans":[]}\n']


def test_a_message_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(DamagedError, match="unpacks to too much"):
        read(framed(zstandard.compress(bytes(MOST_BYTES + 1))))


@pytest.mark.parametrize("size", [3, 5, 100])
def test_a_file_that_is_cut_off_is_told_by_its_byte(size: int) -> None:
    with pytest.raises(DamagedError, match=f"x: byte {size}: the file ends inside"):
        read(framed(TRACES)[:size])


def test_a_broken_message_is_told_by_its_byte() -> None:
    sound = framed(TRACES)
    problem = f"x: byte {len(sound) + 4:,}: a message that is not OTLP"
    with pytest.raises(DamagedError, match=problem):
        read(sound + framed(b"\x0a\x05abc"))


@every_signal
@examples(60)
@given(at=st.integers(0, 10**9), bits=st.integers(1, 255))
def test_damage_is_an_error_and_nothing_else(signal: Signal, at: int, bits: int) -> None:
    data = bytearray(framed((COMMITTED / f"small-{signal}.pb").read_bytes()[:4000]))
    data[at % len(data)] ^= bits
    try:
        found = read(bytes(data), signal=signal)
    except DamagedError:
        return
    for line in found:
        json.loads(line)
