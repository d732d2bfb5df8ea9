"""Room on disk."""

import os
from pathlib import Path

from telemetry_sender.files.space import free_bytes


def test_room_is_what_an_ordinary_user_may_write(tmp_path: Path) -> None:
    space = os.statvfs(tmp_path)
    found = free_bytes(tmp_path)
    assert 0 < found <= space.f_blocks * space.f_frsize


def test_a_directory_that_is_not_there_yet_has_the_room_of_where_it_will_be(tmp_path: Path) -> None:
    shared_memory = Path("/dev/shm/not/there/yet")
    assert free_bytes(tmp_path / "a" / "b") > 0
    assert free_bytes(shared_memory) <= os.statvfs("/dev/shm").f_blocks * 4096
    assert free_bytes(Path("relative/and/missing")) > 0
