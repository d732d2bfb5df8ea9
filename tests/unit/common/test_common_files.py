"""A file under its final name is always whole."""

import errno
import os
from pathlib import Path

import pytest

from telemetry_common.files import probe, whole_file


def write(path: Path, content: bytes) -> None:
    with whole_file(path) as file:
        file.write(content)


def fail_within(path: Path, error: BaseException) -> None:
    with whole_file(path) as file:
        file.write(b"half")
        raise error


def test_a_block_that_ends_well_leaves_exactly_what_it_wrote(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"something longer than the new content")
    write(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_the_name_does_not_exist_while_the_block_runs(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    with whole_file(target) as file:
        file.write(b"half")
        file.flush()
        assert not target.exists()
    assert target.read_bytes() == b"half"


@pytest.mark.parametrize("error", [ValueError("bug"), OSError(errno.ENOSPC, "disk full")])
def test_a_block_that_fails_leaves_the_old_content_and_no_leftovers(
    tmp_path: Path, error: Exception
) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    with pytest.raises(type(error)):
        fail_within(target, error)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_even_an_interrupt_leaves_the_old_content(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        fail_within(target, KeyboardInterrupt())
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_directory_is_an_error_of_the_operating_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "missing" / "out.json", b"x")


def test_a_directory_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises(IsADirectoryError):
        write(target, b"x")
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link_and_its_target_changes(tmp_path: Path) -> None:
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_pipe_is_written_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(pipe, b"through")
        assert os.read(reader, 100) == b"through"
        assert pipe.is_fifo()
    finally:
        os.close(reader)


def test_a_full_device_is_an_error_and_stays_a_device() -> None:
    full = Path("/dev/full")
    with pytest.raises(OSError, match="No space left") as caught:
        write(full, b"x")
    assert caught.value.errno == errno.ENOSPC
    assert full.is_char_device()


def test_a_place_that_will_do_is_left_as_it_was(tmp_path: Path) -> None:
    old, link, pipe = tmp_path / "old", tmp_path / "link", tmp_path / "pipe"
    old.write_text("kept")
    link.symlink_to(old)
    os.mkfifo(pipe)
    for path in (old, link, pipe, tmp_path / "new", Path("/dev/null")):
        probe(path)
    assert old.read_text() == "kept"
    assert sorted(tmp_path.iterdir()) == [link, old, pipe]


@pytest.mark.parametrize("name", ["", "no/such/file", "dangling", "file/below", "n" * 250])
def test_a_place_that_will_not_do_fails_at_once_and_as_it_would_later(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "dangling").symlink_to("no/such/file")
    (tmp_path / "file").touch()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError) as early:  # noqa: PT011 - the kind is what is compared
        probe(tmp_path / name)
    with pytest.raises(type(early.value)):
        write(tmp_path / name, b"content")
    assert sorted(tmp_path.iterdir()) == before
