"""One run of the generator, from a configuration to a set on disk."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from telemetry_common.errors import UsageError
from telemetry_common.units import format_size
from telemetry_generator.chunks import in_order
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.estimate import Estimate, check_limits, estimate
from telemetry_generator.progress_choice import progress_on
from telemetry_generator.set_writer import Produce, WrittenSet, write_set
from telemetry_generator.sizing import config_of_size
from telemetry_generator.sources import make_sources
from telemetry_generator.workers import running_workers

_WORTH_PROCESSES = 64 << 20
"""Below so many bytes, starting processes takes longer than they save."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says beside the configuration."""

    size: int | None = None
    """Bytes that the set is to have; None leaves the counts as they are."""
    processes: int | None = None
    """Processes that make chunks; None chooses by the size of the set."""
    with_json: bool = False


def generate(config: GeneratorConfig, options: Options, say: Callable[[str], None]) -> WrittenSet:
    """Estimate, check, generate and write a set; `say` prints a line about the estimate.

    Raises UsageError where the set would be too large, RunError and OSError while it is written.
    """
    if options.size is not None:
        say(f"looking for the counts that give {format_size(options.size)}")
        processes = options.processes or _suitable_processes(options.size)
        config = config_of_size(
            config, options.size, _roughly, lambda one: _exactly(one, processes)
        )
    sources = make_sources(config)
    expected = estimate(sources)
    say(_estimate_line(expected))
    check_limits(expected, config.limits)
    _check_space(Path(config.output.directory), expected, config)
    processes = options.processes or _suitable_processes(expected.bytes)
    with progress_on(sys.stderr) as progress, _producing(config, processes) as produce:
        return write_set(config, sources, produce, progress, with_json=options.with_json)


@contextmanager
def _producing(config: GeneratorConfig, processes: int) -> Iterator[Produce]:
    """Yield what makes chunks: this process, or several others."""
    if processes == 1:
        yield in_order
        return
    with running_workers(partial(make_sources, config), processes) as workers:
        yield workers.chunks


def _roughly(config: GeneratorConfig) -> int:
    return estimate(make_sources(config)).bytes


def _exactly(config: GeneratorConfig, processes: int) -> int:
    """Return the size of the set, by making it."""
    with _producing(config, processes) as produce:
        return sum(len(chunk.data) for one in make_sources(config) for chunk in produce(one))


def _suitable_processes(size: int) -> int:
    return 1 if size < _WORTH_PROCESSES else len(os.sched_getaffinity(0))


def _estimate_line(expected: Estimate) -> str:
    counts = (f"{one.events:,} {signal.event_noun}" for signal, one in expected.signals.items())
    memory = format_size(expected.sender_bytes)
    size = format_size(expected.bytes)
    return f"expecting {', '.join(counts)}: {size}; a sender will need {memory} of memory"


def _check_space(directory: Path, expected: Estimate, config: GeneratorConfig) -> None:
    """Refuse a set for which the disk has no room, unless it may shrink on its way there."""
    free = shutil.disk_usage(directory).free
    if config.output.is_compressed or expected.bytes <= free:
        return
    problem = f"the set takes about {format_size(expected.bytes)}, {format_size(free)} are free"
    raise UsageError(str(directory), problem, "free some space or choose another --output-dir")
