"""Worker processes: the same chunks in the same order as one process makes."""

import multiprocessing
from functools import partial

import pytest

from numbered_chunks import numbered
from telemetry_common.errors import RunError
from telemetry_generator.chunks import Chunk, in_order
from telemetry_generator.workers import running_workers


@pytest.mark.parametrize("count", [1, 2, 5])
def test_chunks_come_in_order_whatever_the_number_of_workers(count: int) -> None:
    made: list[Chunk] = []
    with running_workers(numbered, count) as workers:
        for source in numbered():
            made += workers.chunks(source)
    assert made == [chunk for source in numbered() for chunk in in_order(source)]


def test_a_worker_that_dies_is_an_error_with_its_exit_code() -> None:
    make = partial(numbered, broken=9)
    with running_workers(make, 2) as workers:
        chunks = workers.chunks(make()[0])
        assert [next(chunks).traces for _ in range(9)] == list(range(9))
        with pytest.raises(RunError, match=r"ended early \(exit code 7\).*fewer --processes"):
            next(chunks)


def test_no_worker_outlives_the_block_however_little_was_taken() -> None:
    with running_workers(numbered, 2) as workers:
        next(workers.chunks(numbered()[0]))
    assert multiprocessing.active_children() == []
