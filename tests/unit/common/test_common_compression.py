"""What was compressed comes back whole, or not at all."""

import io
import struct
import tempfile
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from compressed_sets import compress_set, frame
from core_support import copy_committed
from ordinary_user import as_ordinary_user
from telemetry_common import compression
from telemetry_common.compression import is_compressed, open_template_bytes, read_blocks, writer
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal

PIECES = st.lists(st.binary(max_size=200) | st.integers(0, 300_000).map(bytes), max_size=6)
CONTENT = b"".join(struct.pack("<I", number * number) for number in range(2000))
SKIPPABLE = struct.pack("<II", 0x184D2A50, 3) + b"abc"
MIB = 1 << 20

briefly = settings(max_examples=50, deadline=None)


def compressed(pieces: Sequence[bytes], level: int = 3) -> bytes:
    """Write the pieces through the writer and return what is then in the file."""
    file = io.BytesIO()
    with writer(file, level) as out:
        for piece in pieces:
            out.write(piece)
    return file.getvalue()


def unpacked(data: bytes) -> bytes:
    """Return what the reader makes of a compressed file with these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mine.pb.zst"
        file.write_bytes(data)
        blocks = b"".join(read_blocks(file))
        if blocks:
            assert open_template_bytes(file)[:] == blocks
        return blocks


def refused(file: Path) -> TemplateError:
    """Return the error of opening a file, which is one line and names the file."""
    with pytest.raises(TemplateError) as caught:
        open_template_bytes(file)
    assert caught.value.place.startswith(str(file))
    assert "\n" not in str(caught.value)
    return caught.value


@briefly
@given(pieces=PIECES, level=st.integers(1, 7))
def test_what_is_written_is_read(pieces: list[bytes], level: int) -> None:
    assert unpacked(compressed(pieces, level)) == b"".join(pieces)


@briefly
@given(pieces=PIECES)
def test_frames_one_after_another_are_one_file(pieces: list[bytes]) -> None:
    """`cat` joins compressed files like plain ones; frames to be skipped hold no content."""
    data = b"".join(frame(piece) + SKIPPABLE for piece in pieces)
    assert unpacked(data) == b"".join(pieces)


@pytest.mark.parametrize("size", [1, 17, 65_536, 10 * MIB])
def test_blocks_are_as_large_as_asked_for(tmp_path: Path, size: int) -> None:
    """A compressed block may exceed the size by what one piece of the file unpacks to."""
    plain, packed = tmp_path / "x.pb", tmp_path / "x.pb.zst"
    plain.write_bytes(CONTENT * 20)
    packed.write_bytes(frame(CONTENT * 20))
    for file in (plain, packed):
        blocks = list(read_blocks(file, None, size))
        assert b"".join(blocks) == CONTENT * 20
        assert all(len(block) >= size for block in blocks[:-1])


def test_the_writer_leaves_its_file_open_and_proves_its_content() -> None:
    file = io.BytesIO()
    with writer(file) as out:
        out.write(CONTENT)
    assert not file.closed
    assert zstandard.get_frame_parameters(file.getvalue()).has_checksum


def test_equal_content_gives_equal_files() -> None:
    assert compressed([CONTENT, CONTENT]) == compressed([CONTENT, CONTENT])


@briefly
@given(length=st.integers(1, len(frame(CONTENT)) - 1))
def test_a_cut_file_is_refused(length: int) -> None:
    with pytest.raises(TemplateError, match=r"ends inside|not sound"):
        unpacked(frame(CONTENT)[:length])


@settings(max_examples=300, deadline=None)
@given(bit=st.integers(0, 8 * len(frame(CONTENT)) - 1))
def test_a_flipped_bit_never_changes_the_content_unnoticed(bit: int) -> None:
    """Some bits mean nothing, such as those reserved; then the content is right."""
    data = bytearray(frame(CONTENT))
    data[bit // 8] ^= 1 << bit % 8
    try:
        content = unpacked(bytes(data))
    except TemplateError:
        return
    assert content == CONTENT


@briefly
@given(data=st.binary(min_size=1, max_size=300))
def test_bytes_that_are_not_zstandard_are_refused_or_hold_nothing(data: bytes) -> None:
    try:
        content = unpacked(data)
    except TemplateError as error:
        content = b"" if "Zstandard" in error.problem else error.problem.encode()
    assert content == b""


UNUSABLE: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "missing": (Path.unlink, "", "no such file or directory"),
    "empty": (partial(Path.write_bytes, data=b""), "", "empty file"),
    "of empty content": (partial(Path.write_bytes, data=frame(b"")), "", "empty file"),
    "a plain template": (
        partial(Path.write_bytes, data=b"\x0a\x02\x12\x00"), ": near byte 0",
        "not sound Zstandard data (unknown frame descriptor)",
    ),
    "cut": (
        lambda file: file.write_bytes(frame(CONTENT)[:-1]),
        f": byte {len(frame(CONTENT)) - 1}", "ends inside a Zstandard frame",
    ),
    "followed by something": (
        partial(Path.write_bytes, data=frame(b"x") + b"something"), ": near byte 0",
        "not sound Zstandard data (unknown frame descriptor)",
    ),
    "of a huge window": (
        partial(Path.write_bytes, data=b"\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00"), ": near byte 0",
        "not sound Zstandard data (frame requires too much memory for decoding)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "place", "problem"), UNUSABLE.values(), ids=list(UNUSABLE))
def test_an_unusable_file_is_named_with_what_is_wrong(
    tmp_path: Path, damage: Callable[[Path], object], place: str, problem: str
) -> None:
    file = tmp_path / "mine.pb.zst"
    file.write_bytes(frame(CONTENT))
    damage(file)
    error = refused(file)
    assert (error.place, error.problem) == (f"{file}{place}", problem)


def test_a_bomb_stops_where_the_manifest_says_and_takes_little_memory(tmp_path: Path) -> None:
    """A file of 32 kB that unpacks to 1 GiB instead of the template's bytes."""
    copy_committed(tmp_path)
    size = (tmp_path / "small-traces.pb").stat().st_size
    bomb = tmp_path / "small-traces.pb.zst"
    bomb.write_bytes(zstandard.ZstdCompressor().compress(bytes(1 << 30)))
    tracemalloc.start()
    try:
        error = refused(bomb)
        assert tracemalloc.get_traced_memory()[1] < 200 * MIB
    finally:
        tracemalloc.stop()
    assert error.problem == f"unpacks to more than {size:,} bytes, which is more than it should"


def test_a_bomb_without_a_manifest_stops_at_the_allowance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "FREE_ALLOWANCE", MIB)
    file = tmp_path / "mine.pb.zst"
    content = zstandard.ZstdCompressor().compress(bytes(8 * MIB))
    assert len(content) * compression.MAX_RATIO < 8 * MIB
    file.write_bytes(content)
    assert "more than 1,048,576 bytes" in refused(file).problem
    file.write_bytes(content + SKIPPABLE * 1000)
    assert len(open_template_bytes(file)) == 8 * MIB


def test_names_tell_what_is_compressed() -> None:
    assert is_compressed(Path("dir/x-traces.pb.zst"))
    assert not is_compressed(Path("dir.zst/x-traces.pb"))


def test_a_template_is_found_under_the_name_that_its_set_keeps_it(tmp_path: Path) -> None:
    """A configuration that names `x-traces.pb` goes on working when the set is compressed."""
    plain = copy_committed(tmp_path)
    content = plain[Signal.TRACES].read_bytes()
    compress_set(tmp_path)
    assert open_template_bytes(plain[Signal.TRACES])[:] == content


def test_a_compressed_template_in_a_read_only_directory_is_opened() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "mine.pb.zst"
        file.write_bytes(frame(CONTENT))
        folder.chmod(0o555)
        with as_ordinary_user():
            content = open_template_bytes(file)[:]
        folder.chmod(0o755)
    assert content == CONTENT
