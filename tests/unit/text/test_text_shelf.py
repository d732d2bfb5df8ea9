"""Rendered blocks are kept on disk, as long as there is room."""

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.rendered import Rendered, TextSlots
from telemetry_sender.text.shelf import Opened, Shelf


def rendered(number: int) -> Rendered:
    """Return a text of its own length, with some slots of two kinds."""
    wire, text = np.arange(number), np.arange(number) * 2
    slots = {SlotKind.ID: TextSlots(wire, text), SlotKind.TIME: TextSlots(text[:1], wire[:1])}
    return Rendered(b"%d" % number * number, slots)


def assert_same(opened: Opened | None, wanted: Rendered) -> None:
    assert opened is not None
    assert bytes(opened.text) == wanted.text
    assert opened.slots.keys() == wanted.slots.keys()
    for kind, places in wanted.slots.items():
        assert opened.slots[kind].wire.tolist() == places.wire.tolist()
        assert opened.slots[kind].text.tolist() == places.text.tolist()


def test_blocks_are_opened_as_they_were_put_there(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for number in (5, 1, 300, 17):
        assert_same(shelf.put((number, number + 1), rendered(number)), rendered(number))
    for number in (300, 5, 17, 1, 5):
        assert_same(shelf.open((number, number + 1)), rendered(number))
    assert shelf.open((5, 7)) is None


def test_what_is_written_to_an_opened_block_is_not_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put((0, 1), rendered(40)).words.integer[0] = 0
    assert_same(shelf.open((0, 1)), rendered(40))


def test_no_file_is_left_behind(tmp_path: Path) -> None:
    """Nor one to be seen while the shelf is there."""
    shelf = Shelf(tmp_path)
    shelf.put((0, 1), rendered(9))
    assert list(tmp_path.iterdir()) == []
    assert_same(shelf.open((0, 1)), rendered(9))


def test_a_directory_that_takes_no_files_is_passed_over(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "missing")
    shelf.put((0, 1), rendered(9))
    assert_same(shelf.open((0, 1)), rendered(9))


def test_a_full_disk_costs_no_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is simply not kept; those that were stay."""
    shelf = Shelf(tmp_path)
    shelf.put((0, 1), rendered(9))

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    assert_same(shelf.put((1, 2), rendered(30)), rendered(30))
    assert shelf.open((1, 2)) is None
    assert_same(shelf.open((0, 1)), rendered(9))
    monkeypatch.undo()
    shelf.put((1, 2), rendered(30))
    assert_same(shelf.open((1, 2)), rendered(30))
