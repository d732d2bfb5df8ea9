"""Worker processes: chunks made side by side, and taken in order.

A schedule puts all chunks in order. Worker i of n makes the chunks i, i + n, i + 2n, … of it and
writes each into a pipe of its own. Whoever takes chunks reads the pipes in turn. A pipe that is
full holds its worker up, so nothing piles up, and bytes do not depend on the number of workers.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from telemetry_common.errors import RunError
from telemetry_common.interrupts import ignore_interrupts, undisturbed
from telemetry_generator.chunks import Chunk, Schedule, Source, one_by_one

MakeSources = Callable[[], Sequence[Source]]
"""Makes the sources of all signals; it is sent to the workers, so it must be picklable."""

_JOIN_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection


class Workers:
    """Running workers. Chunks must be taken in the order of their schedule."""

    def __init__(self, workers: Sequence[_Worker]) -> None:
        self._turns = cycle(workers)

    def chunks(self, source: Source) -> Iterator[Chunk]:
        """Yield all chunks of a source, whose turn it is. Raises RunError when a worker dies."""
        for _ in range(source.chunks):
            yield self.take()

    def take(self) -> Chunk:
        """Return the next chunk of the schedule. Raises RunError when its worker has died."""
        worker = next(self._turns)
        try:
            counts = worker.pipe.recv()
            return Chunk(worker.pipe.recv_bytes(), *counts)
        except EOFError:
            worker.process.join(_JOIN_SECONDS)
            problem = f"a worker process ended early (exit code {worker.process.exitcode})"
            fix = "see the lines above; where memory was short, use fewer --processes"
            raise RunError("telemetry-generator", problem, fix) from None


@contextmanager
def running_workers(
    make_sources: MakeSources, count: int, schedule: Schedule = one_by_one
) -> Iterator[Workers]:
    """Start `count` workers, and end them when the block ends, done or not."""
    context = multiprocessing.get_context("spawn")
    with ExitStack() as started:
        workers: list[_Worker] = []
        for index in range(count):
            taking, giving = context.Pipe(duplex=False)
            process = context.Process(
                target=_work, args=(make_sources, schedule, index, count, giving), daemon=True
            )
            with undisturbed():  # a Ctrl-C while Python starts would be a traceback of the worker's
                process.start()
            giving.close()
            workers.append(_Worker(process, taking))
            started.callback(_end, workers[-1])
        yield Workers(workers)


def _end(worker: _Worker) -> None:
    """End a worker: one that is still writing holds nothing that anybody wants."""
    worker.pipe.close()
    worker.process.kill()
    worker.process.join()
    worker.process.close()


def _work(
    make_sources: MakeSources, schedule: Schedule, index: int, count: int, pipe: Connection
) -> None:
    """Make every chunk that is this worker's; a Ctrl-C is the parent's to handle."""
    ignore_interrupts()
    try:
        for source, number in islice(schedule(make_sources()), index, None, count):
            chunk = source.chunk(number)
            pipe.send(chunk[1:])
            pipe.send_bytes(chunk.data)
    except BrokenPipeError:
        return  # nobody takes chunks any more
