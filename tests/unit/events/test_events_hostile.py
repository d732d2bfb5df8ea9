"""Bytes that are no request are refused in good order, whatever they are."""

import struct
import tracemalloc
from random import Random

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from core_support import COMMITTED, COMMITTED_SIGNALS, encoded_sample, examples, sources
from otlp_samples import ROOTS
from telemetry_common.planning.wire import WireError
from telemetry_common.signals import Signal
from telemetry_sender.events.memo import Memo
from telemetry_sender.events.model import Log
from telemetry_sender.events.reader import EventReader


def read_or_refused(signal: Signal, data: bytes) -> bool:
    """Return whether the bytes could be read; nothing but WireError may come of them."""
    try:
        list(EventReader(signal).read(data))
    except WireError:
        return False
    return True


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(signal: Signal, data: bytes) -> None:
    read_or_refused(signal, data)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(150)
@given(rng=sources)
def test_damaged_requests_are_read_or_refused(signal: Signal, rng: Random) -> None:
    """What the protobuf classes can read is read."""
    data = bytearray(encoded_sample(rng, signal))
    for _ in range(rng.randrange(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    try:
        ROOTS[signal].FromString(bytes(data))
    except DecodeError:
        read_or_refused(signal, bytes(data))
    else:
        assert read_or_refused(signal, bytes(data))


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_a_request_that_is_cut_off_is_refused(signal: Signal) -> None:
    """At every byte of the first resource, which is one field of the request."""
    data = (COMMITTED / f"small-{signal}.pb").read_bytes()
    for end in range(1, 400):
        assert not read_or_refused(signal, data[:end])


def delimited(number: int, body: bytes) -> bytes:
    """Return a field with a length of up to four bytes."""
    size = len(body)
    length = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80])
    return bytes([number << 3 | 2]) + length + bytes([size >> 21]) + body


def logs_of(record: bytes) -> bytes:
    return delimited(1, delimited(2, delimited(2, record)))


@pytest.mark.parametrize("number", [5, 6])
def test_values_nested_beyond_measure_are_refused(number: int) -> None:
    """In arrays and in lists of pairs; what is refused leaves nothing behind."""
    value = b"\x10\x01"
    for _ in range(5_000):
        inner = value if number == 5 else delimited(2, value)
        value = delimited(number, delimited(1, inner))
    reader = EventReader(Signal.LOGS)
    for _ in range(2):
        with pytest.raises(WireError, match="nested too deeply"):
            list(reader.read(logs_of(delimited(5, value))))
    (log,) = reader.read(logs_of(delimited(5, b"\x10\x01")))
    assert isinstance(log, Log)
    assert log.body is True


@pytest.mark.parametrize("number", [6, 7])
def test_packed_numbers_of_a_broken_length_are_refused(number: int) -> None:
    """Bucket counts and bounds of a histogram."""
    point = delimited(number, struct.pack("<Q", 1) + b"\1\2\3")
    metrics = logs_of(delimited(9, delimited(1, point)))
    with pytest.raises(WireError, match="broken length"):
        list(EventReader(Signal.METRICS).read(metrics))


def test_events_before_the_broken_one_are_read() -> None:
    good, broken = delimited(3, b"INFO"), b"\x0b"
    data = delimited(1, delimited(2, delimited(2, good) + delimited(2, broken)))
    events = EventReader(Signal.LOGS).read(data)
    first = next(events)
    assert isinstance(first, Log)
    assert first.severity_text == "INFO"
    with pytest.raises(WireError):
        next(events)


def test_a_memo_that_is_full_begins_anew() -> None:
    """So it never holds much more than it may."""
    made: list[int] = []

    def double(key: int) -> int:
        made.append(key)
        return 2 * key

    memo = Memo(double, size=lambda _: 1_000, most_bytes=9_000)
    assert [memo[key] for key in (1, 2, 3, 1, 4, 1)] == [2, 4, 6, 2, 8, 2]
    assert made == [1, 2, 3, 4, 1]
    assert len(memo) <= 3


def test_fat_attributes_do_not_stay() -> None:
    """Of 100 MB of attributes, none of which comes again, a fifth is held at most."""
    reader, fat = EventReader(Signal.LOGS), b"x" * 100_000
    tracemalloc.start()
    try:
        for number in range(1_000):
            pair = delimited(1, b"%d" % number) + delimited(2, delimited(1, fat))
            assert next(reader.read(logs_of(delimited(6, pair))))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20_000_000
