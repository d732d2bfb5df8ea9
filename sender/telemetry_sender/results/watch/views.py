"""How a run is shown while it goes on: live on a terminal, in plain lines anywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.watch.console import PlainLines
from telemetry_sender.results.watch.live import live_view


@contextmanager
def terminal_view(
    console: Console, config: SenderConfig, out: Callable[[str], None], *, plain: bool = False
) -> Iterator[Observer]:
    """Yield the observer that shows a run to people.

    On a terminal that can move its cursor that is the live view; otherwise, and with `plain`,
    lines for `out`. The observer raises RunError or OSError when nothing can be printed any more.
    """
    # Not `console.is_terminal`, which FORCE_COLOR makes true of a file, too.
    if plain or not console.file.isatty() or console.is_dumb_terminal:
        yield PlainLines(out)
    else:
        with live_view(console, config) as observe:
            yield observe


def every(*observers: Observer) -> Observer:
    """Return an observer that hands each sample to all of these, in this order."""

    def observe(sample: Sample) -> None:
        for observer in observers:
            observer(sample)

    return observe
