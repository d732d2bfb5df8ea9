"""A source hands out the bytes of a file in order, whatever it is compressed with."""

import gzip
import io
import zlib
from itertools import count
from random import Random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.reading.errors import DamagedError, UnreadableError
from telemetry_sender.reading.source import MOST_BYTES, Source

PACKINGS = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "two gzip members": lambda data: gzip.compress(data[:10]) + gzip.compress(data[10:]),
    "zstd": zstandard.compress,
    "two zstd frames": lambda data: zstandard.compress(data[:10]) + zstandard.compress(data[10:]),
}
every_packing = pytest.mark.parametrize("pack", PACKINGS.values(), ids=list(PACKINGS))


def source_of(data: bytes) -> Source:
    return Source("x", io.BytesIO(data))


@every_packing
@given(data=st.binary(max_size=300), sizes=st.lists(st.integers(0, 40)))
def test_bytes_come_in_order(pack: object, data: bytes, sizes: list[int]) -> None:
    assert callable(pack)
    source = source_of(pack(b"z" + data))
    assert source.take(1, "the start") == b"z"
    at = 0
    for size in sizes:
        expected = data[at : at + size]
        assert source.peek(size) == expected
        if len(expected) < size:
            break
        assert source.take(size, "some bytes") == expected
        at += size
        assert source.at == 1 + at


@every_packing
@given(data=st.binary(max_size=300))
def test_lines_are_those_of_the_file(pack: object, data: bytes) -> None:
    assert callable(pack)
    source = source_of(pack(b"z" + data))
    found = list(iter(source.line, b""))
    assert found == io.BytesIO(b"z" + data).readlines()


def test_a_line_may_be_longer_than_what_is_read_at_once() -> None:
    text = Random(1).randbytes(1 << 21).replace(b"\n", b"") + b"\n"
    source = source_of(gzip.compress(text + b"end"))
    assert [source.line(), source.line(), source.line()] == [text, b"end", b""]


def test_a_file_that_ends_too_early_is_told_by_its_byte() -> None:
    source = source_of(b"abc")
    with pytest.raises(DamagedError, match=r"x: byte 3: the file ends inside a record"):
        source.take(4, "a record")


def test_a_length_that_cannot_be_true_is_refused_before_anything_is_read() -> None:
    read = count()

    class Endless(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            next(read)
            return bytes(size)

    source = Source("x", Endless())  # type: ignore[arg-type]
    with pytest.raises(DamagedError, match="too long to be true"):
        source.take(MOST_BYTES + 1, "a record")
    assert next(read) <= 1


def test_a_line_without_an_end_is_refused() -> None:
    packed = zstandard.compress(bytes(2 * MOST_BYTES))
    with pytest.raises(DamagedError, match="a line that is too long"):
        source_of(packed).line()


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_what_stands_before_damage_is_handed_out(pack: object) -> None:
    assert callable(pack)
    data = Random(1).randbytes(1 << 20)
    packed = pack(data)
    source = source_of(packed[: len(packed) // 2])
    assert source.take(1 << 18, "the start") == data[: 1 << 18]
    with pytest.raises(DamagedError, match=r"compressed byte [\d,]+: ends inside a"):
        source.take(1 << 20, "the rest")


@given(size=st.integers(20, 2_000))
def test_every_whole_line_before_damage_is_handed_out(size: int) -> None:
    text = b"".join(b"line %d\n" % number for number in range(5_000))
    packed = gzip.compress(text)[:size]
    sound = zlib.decompressobj(wbits=31).decompress(packed)
    source = source_of(packed)
    whole = sound.splitlines(keepends=True)[: sound.count(b"\n")]
    assert [source.line() for _ in whole] == whole
    with pytest.raises(DamagedError, match="ends inside a gzip member"):
        source.line()


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_damaged_compression_is_an_error(pack: object, at: int, bit: int) -> None:
    assert callable(pack)
    data = b"some text, " * 20
    packed = bytearray(pack(data))
    packed[4 + at % (len(packed) - 4)] ^= 1 << bit
    source = source_of(bytes(packed))
    with pytest.raises(DamagedError):
        source.take(1 << 20, "more than there is")


def test_trouble_of_the_system_is_told_in_its_words() -> None:
    class Broken(io.RawIOBase):
        def read(self, _size: int = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableError, match="x: input/output error"):
        Source("x", Broken()).peek(1)  # type: ignore[arg-type]
