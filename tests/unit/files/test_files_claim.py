"""Locks that keep writers of the same names apart."""

import subprocess
import sys
from pathlib import Path

import pytest

from telemetry_sender.files.claim import Claim


def test_a_second_claim_is_refused_until_the_first_is_released(tmp_path: Path) -> None:
    first = Claim(tmp_path / ".lock")
    with pytest.raises(BlockingIOError):
        Claim(tmp_path / ".lock")
    first.release()
    Claim(tmp_path / ".lock").release()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    claim = Claim(tmp_path / ".lock")
    claim.release()
    claim.release()
    assert not list(tmp_path.iterdir())


def test_a_claim_whose_directory_vanished_can_be_released(tmp_path: Path) -> None:
    claim = Claim(tmp_path / ".lock")
    (tmp_path / ".lock").unlink()
    tmp_path.rmdir()
    claim.release()


def test_the_claim_of_a_killed_process_is_free(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path;"
        "from telemetry_sender.files.claim import Claim;"
        "claim = Claim(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path / ".lock"], check=False)
    assert (tmp_path / ".lock").exists()
    Claim(tmp_path / ".lock").release()
    assert not list(tmp_path.iterdir())
