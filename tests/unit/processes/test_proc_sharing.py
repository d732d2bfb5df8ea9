"""What processes share: templates, counters, messages."""

import gc
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import copy_committed
from telemetry_common.mapped import MappedFile
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates
from telemetry_sender.processes.board import Board, PublishedStats
from telemetry_sender.processes.sharing import open_shared, share
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.sinks.delivery import Delivery

SIGNALS = (Signal.TRACES, Signal.LOGS)


def test_a_mapped_file_can_be_mapped_again_after_its_name_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "template.pb"
    file.write_bytes(b"bytes of a template")
    with file.open("rb") as opened:
        mapped = MappedFile(opened.fileno())
    file.unlink()
    again = MappedFile(mapped.descriptor)
    assert again[:] == mapped[:] == b"bytes of a template"


def test_the_descriptor_of_a_mapped_file_goes_with_it(tmp_path: Path) -> None:
    file = tmp_path / "template.pb"
    file.write_bytes(b"bytes")
    with file.open("rb") as opened:
        mapped = MappedFile(opened.fileno())
    descriptor = mapped.descriptor
    os.fstat(descriptor)
    del mapped
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_shared_templates_are_the_same_bytes_and_plans(tmp_path: Path) -> None:
    templates = open_templates(copy_committed(tmp_path))
    handout = share(templates)
    opened = open_shared(handout)
    handout.close()
    assert opened.keys() == templates.keys()
    for signal, template in templates.items():
        found = opened[signal]
        assert found.data[:] == template.data[:]
        assert (found.path, found.plan.sha256) == (template.path, template.plan.sha256)
        np.testing.assert_array_equal(found.plan.time.offset, template.plan.time.offset)
        np.testing.assert_array_equal(found.plan.event_start, template.plan.event_start)
        # Of the shared memory, not of this process.
        assert not found.plan.event_start.flags.owndata
        assert not found.plan.event_start.flags.writeable


def test_what_is_handed_out_is_small(tmp_path: Path) -> None:
    """The bytes of templates and the arrays of plans do not go through the pickle."""
    templates = open_templates(copy_committed(tmp_path))
    handout = share(templates)
    plain = len(pickle.dumps([template.plan for template in templates.values()], protocol=5))
    assert len(handout.pickled) < plain / 3
    handout.close()


@given(
    rows=st.lists(
        st.builds(
            SignalCounters,
            *[st.integers(0, 2**62)] * 10,
            waiting_seconds=st.floats(0, 1e9, allow_nan=False),
        ),
        min_size=4,
        max_size=4,
    )
)
def test_the_board_keeps_every_row_apart(rows: list[SignalCounters]) -> None:
    board = Board.make(2, SIGNALS)
    places = [(process, signal) for process in range(2) for signal in SIGNALS]
    for place, counters in zip(places, rows, strict=True):
        board.publish(*place, counters)
    other = Board.open(board.descriptor, SIGNALS)
    assert [other.read(*place) for place in places] == rows
    other.memory.close()
    board.close()


def test_the_board_knows_of_a_request_before_it_is_written_and_when_it_ends() -> None:
    board = Board.make(1, SIGNALS)
    stats = PublishedStats(board, 0)
    stats.scheduled(Signal.LOGS, 10)
    stats.sent(Signal.LOGS, 10, 100)
    assert board.read(0, Signal.LOGS).in_flight == 10
    stats.retried(Signal.LOGS, 10, 100)
    assert board.read(0, Signal.LOGS).requests == 2
    stats.delivered(Signal.LOGS, 10, Delivery(rejected=3), 0.1, 0.2)
    assert board.read(0, Signal.LOGS) == stats.of(Signal.LOGS)
    assert board.read(0, Signal.LOGS).acked == 7
    stats.scheduled(Signal.LOGS, 4)
    stats.dropped(Signal.LOGS, 4)
    assert board.read(0, Signal.LOGS).dropped == 4
    assert board.read(0, Signal.TRACES) == SignalCounters()
    board.close()
