"""Pieces of files: what stands behind them, and what they are made of."""

import gzip
import io

import pytest
import zstandard

from telemetry_sender.config.files import Compression
from telemetry_sender.files.codec import GATHERED, make_codec

PIECES = [b"one " * 1000, b"", b"two " * 500]


def test_without_compression_a_piece_is_what_it_was_and_waits_for_nothing() -> None:
    codec = make_codec(Compression.NONE)
    assert (codec.suffix, codec.gathered) == ("", 0)
    assert codec.pack(b"a piece") == b"a piece"


@pytest.mark.parametrize("level", [None, 0, 1, 2, 3])
def test_members_of_gzip_follow_one_another(level: int | None) -> None:
    codec = make_codec(Compression.GZIP, level)
    packed = b"".join(codec.pack(piece) for piece in PIECES)
    assert gzip.decompress(packed) == b"".join(PIECES)
    assert (codec.suffix, codec.gathered) == (".gz", GATHERED)


@pytest.mark.parametrize("level", [None, 1, 3, 19])
def test_frames_of_zstd_follow_one_another(level: int | None) -> None:
    codec = make_codec(Compression.ZSTD, level)
    packed = io.BytesIO(b"".join(codec.pack(piece) for piece in PIECES))
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    assert reader.read() == b"".join(PIECES)
    assert codec.suffix == ".zst"


def test_a_gzip_header_holds_no_time_and_no_name() -> None:
    """RFC 1952: the flags at 3, the time at 4, the extra flags at 8, the system at 9 (unknown)."""
    packed = bytes(make_codec(Compression.GZIP).pack(b"piece"))
    assert packed[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def test_a_zstd_frame_has_a_checksum() -> None:
    packed = make_codec(Compression.ZSTD).pack(b"piece" * 100)
    assert zstandard.get_frame_parameters(packed).has_checksum


@pytest.mark.parametrize("compression", [Compression.GZIP, Compression.ZSTD])
def test_a_higher_level_is_heeded(compression: Compression) -> None:
    text = b"".join(b"%d is a number, as is %d\n" % (n, n * 7919) for n in range(5000))
    top = {Compression.GZIP: 3, Compression.ZSTD: 19}[compression]
    lowest, highest = ({Compression.GZIP: 0, Compression.ZSTD: 1}[compression], top)
    sizes = [len(make_codec(compression, level).pack(text)) for level in (lowest, highest)]
    assert sizes[1] < sizes[0]
