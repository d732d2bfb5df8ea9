"""Compressed bodies come back as they were, and never larger than allowed."""

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.receiver.server.compression import (
    ENCODINGS,
    DamagedError,
    TooLargeError,
    unpack,
)

LIMIT = 1 << 20


def _raw_deflate(content: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(content) + stream.flush()


def _zstd_without_size(content: bytes) -> bytes:
    """Return a frame as a stream writes it: the head does not say how large the content is."""
    stream = zstandard.ZstdCompressor().compressobj()
    return stream.compress(content) + stream.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "gzip in two members": ("gzip", lambda x: gzip.compress(x[:9]) + gzip.compress(x[9:])),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", _raw_deflate),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
    "zstd stream": ("zstd", _zstd_without_size),
    "zstd in two frames": ("zstd", lambda x: _zstd_without_size(x[:9]) + _zstd_without_size(x[9:])),
}
COMPRESSED = {name: each for name, each in PACKERS.items() if name != "identity"}


@pytest.mark.parametrize("packer", PACKERS)
@given(content=st.binary(max_size=5_000), repeats=st.integers(1, 20))
def test_what_was_packed_comes_back(packer: str, content: bytes, repeats: int) -> None:
    encoding, pack = PACKERS[packer]
    whole = content * repeats
    assert unpack(encoding, pack(whole), len(whole)) == whole


@pytest.mark.parametrize("packer", PACKERS)
def test_one_byte_above_the_limit_is_too_large(packer: str) -> None:
    encoding, pack = PACKERS[packer]
    assert len(unpack(encoding, pack(b"x" * LIMIT), LIMIT)) == LIMIT
    with pytest.raises(TooLargeError):
        unpack(encoding, pack(b"x" * (LIMIT + 1)), LIMIT)


@pytest.mark.parametrize("packer", COMPRESSED)
def test_a_bomb_is_not_unpacked(packer: str) -> None:
    """200 MB of zeros in a few hundred kilobytes or less: a fraction of them is ever in memory."""
    encoding, pack = PACKERS[packer]
    bomb = pack(bytes(200 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(TooLargeError):
            unpack(encoding, bomb, LIMIT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 48 << 20


@pytest.mark.parametrize("packer", COMPRESSED)
@pytest.mark.parametrize("damage", [lambda x: x[:-1], lambda x: x[: len(x) // 2], lambda _: b""])
def test_what_ends_too_early_is_damaged(packer: str, damage: Callable[[bytes], bytes]) -> None:
    encoding, pack = PACKERS[packer]
    with pytest.raises(DamagedError):
        unpack(encoding, damage(pack(bytes(range(256)) * 40)), LIMIT)


@pytest.mark.parametrize("encoding", [each for each in ENCODINGS if each != "identity"])
@given(body=st.binary(max_size=200))
def test_random_bytes_are_damaged_or_something(encoding: str, body: bytes) -> None:
    """No other error comes out, whatever goes in."""
    with contextlib.suppress(DamagedError, TooLargeError):
        assert len(unpack(encoding, body, LIMIT)) <= LIMIT


def test_a_window_beyond_what_http_allows_is_refused() -> None:
    """A frame that asks for 128 MB of memory before it says anything (RFC 9659: 8 MB)."""
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    frame = stream.compress(b"x" * 100) + stream.flush()
    with pytest.raises(DamagedError):
        unpack("zstd", frame, LIMIT)
