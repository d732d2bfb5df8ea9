"""Scratch bytes are mapped from a file without a name, wherever there is room for one."""

import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from telemetry_common.errors import RunError
from telemetry_common.scratch import mapped_scratch

NOWHERE = Path("/proc")
"""Here even root cannot create a file."""

BLOCKS = (b"one ", b"two ", b"x" * 3_000_000)

HOLDER = """
import sys, pathlib
from telemetry_common.scratch import mapped_scratch
data = mapped_scratch(pathlib.Path(sys.argv[1]), lambda: [b"x" * 5_000_000], 0)
print(len(data), flush=True)
sys.stdin.read()
"""


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let writes behind this many bytes fail, as they do on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def system_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a directory that is the system's temporary one."""
    directory = tmp_path / "system"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    return directory


def test_the_bytes_are_mapped_and_the_directory_stays_empty(tmp_path: Path) -> None:
    data = mapped_scratch(tmp_path, lambda: BLOCKS, 0)
    assert data[:] == b"".join(BLOCKS)
    assert not list(tmp_path.iterdir())


def test_the_bytes_cannot_be_written(tmp_path: Path) -> None:
    data = mapped_scratch(tmp_path, lambda: BLOCKS, 0)
    with pytest.raises(TypeError, match="readonly"):
        data[0] = 0


def test_the_file_lies_in_the_directory_asked_for(tmp_path: Path) -> None:
    """Not in the temporary directory, which may be memory."""
    data = mapped_scratch(tmp_path, lambda: BLOCKS, 0)
    assert len(data)
    assert f"{tmp_path}/" in Path("/proc/self/maps").read_text()


def test_the_system_has_a_directory_for_what_cannot_lie_there(system_directory: Path) -> None:
    data = mapped_scratch(NOWHERE, lambda: BLOCKS, 0)
    assert data[:] == b"".join(BLOCKS)
    assert f"{system_directory}/" in Path("/proc/self/maps").read_text()


def test_a_full_disk_is_a_failed_run_and_takes_no_room(
    tmp_path: Path, system_directory: Path
) -> None:
    with largest_file(1_000_000), pytest.raises(RunError) as caught:
        mapped_scratch(tmp_path, lambda: BLOCKS, 0)
    assert caught.value.exit_code == 1
    assert caught.value.place == str(tmp_path)
    assert "TMPDIR" in caught.value.fix
    assert list(tmp_path.iterdir()) == [system_directory]
    assert not list(system_directory.iterdir())


def test_nothing_is_written_where_it_would_not_fit(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no space left on device"):
        mapped_scratch(tmp_path, lambda: pytest.fail("asked for blocks"), 1 << 60)


def test_what_the_blocks_raise_comes_through(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"some"
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        mapped_scratch(tmp_path, broken, 0)
    assert not list(tmp_path.iterdir())


def test_a_killed_process_leaves_nothing_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"TMPDIR": str(tmp_path)},
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"5000000\n"
        assert not list(tmp_path.iterdir())
        holder.send_signal(signal.SIGKILL)
    assert holder.returncode == -signal.SIGKILL
    assert not list(tmp_path.iterdir())
