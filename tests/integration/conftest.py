"""What the tests of runs with several processes begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core_support import copy_committed
from integration.many_processes import SEED
from receivers import ReceiverProcess, receiving


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a copy of the committed set."""
    folder = tmp_path_factory.mktemp("set")
    copy_committed(folder)
    return folder


@pytest.fixture
def peer(tmp_path: Path, templates: Path) -> Iterator[ReceiverProcess]:
    """Yield a receiver that knows the set and the seed."""
    with receiving(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as started:
        yield started
