"""Everything that watches a run for its user: the view of the terminal, and Prometheus' scrapes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from rich.console import Console

from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.sample import Observer
from telemetry_sender.results.watch.views import every, terminal_view


@contextmanager
def watching(
    config: SenderConfig,
    out: Callable[[str], None],
    *,
    plain: bool,
    metrics: str | None,
    labels: Mapping[str, str],
) -> Iterator[Observer]:
    """Yield the observer of a run.

    `plain` keeps the terminal to lines, `metrics` is the address to serve metrics at, if any, and
    `labels` say there which run it is. Raises UsageError when the address cannot be used.
    """
    with ExitStack() as stack:
        served = [] if metrics is None else [_served(stack, metrics, labels, out)]
        console = Console(highlight=False)
        view = stack.enter_context(terminal_view(console, config, out, plain=plain))
        yield every(*served, view)


def _served(
    stack: ExitStack, address: str, labels: Mapping[str, str], out: Callable[[str], None]
) -> Observer:
    # Only runs that are scraped should wait for the import.
    from telemetry_sender.results.watch.prometheus import RunMetrics, metrics_server  # noqa: PLC0415

    shown = RunMetrics(labels)
    out(f"metrics at {stack.enter_context(metrics_server(address, shown))}")
    return shown.observe
