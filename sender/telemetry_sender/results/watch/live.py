"""The live view of a run in a terminal: what is asked for, what is reached, what goes wrong."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from telemetry_common.printing import printing
from telemetry_common.units import format_duration, format_rate, format_size
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.latency import PERCENTILES, LatencyHistogram
from telemetry_sender.results.outage import Outage
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.watch.change import Change
from telemetry_sender.results.watch.progress import Progress, progress
from telemetry_sender.sparkline import sparkline

_BEHIND = 0.95
_SPARKS = 60
_CODES = 4


@contextmanager
def live_view(console: Console, config: SenderConfig) -> Iterator[Observer]:
    """Show a run on a terminal while it goes on; yields the observer that draws each sample.

    At the end the view is taken away, so that the summary stands in its place, and the cursor is
    back, however the run ended. The observer raises RunError when nothing can be printed any more.
    """
    view, live = LiveView(config), Live(console=console, auto_refresh=False, transient=True)

    def observe(sample: Sample) -> None:
        view.add(sample)
        with printing():
            live.update(view.render(), refresh=True)

    live.start()
    try:
        yield observe
    finally:
        # A terminal that is gone needs no cleaning, and must not cost the run its report.
        with suppress(OSError):
            live.stop()


class LiveView:
    """What the terminal shows of a run: fed with samples, drawn on demand."""

    def __init__(self, config: SenderConfig) -> None:
        self._config = config
        self._change: Change | None = None
        self._rates: deque[float] = deque(maxlen=_SPARKS)

    def add(self, sample: Sample) -> None:
        """Take the next sample."""
        self._change = Change(self._change.after if self._change else None, sample)
        self._rates.append(self._change.acked_per_second)

    def render(self) -> RenderableType:
        """Return the view of the last sample; nothing before the first."""
        return Group(*self._parts(self._change)) if self._change else ""

    def _parts(self, change: Change) -> Iterator[RenderableType]:
        yield _time(progress(change.after, self._config.sending))
        yield self._rate(change)
        if change.after.outage is not None:
            yield _down(change.after.outage, change.after.elapsed_seconds)
        yield ""
        yield _signals(change)
        yield ""
        yield _latencies(change.after)
        yield ""
        yield _foot(change)

    def _rate(self, change: Change) -> Text:
        rate, intended = change.acked_per_second, change.intended_per_second
        text = Text(f"{format_rate(rate)} accepted", style="bold")
        if intended is not None:
            behind = rate < _BEHIND * intended
            text.append(f" of {format_rate(intended)} intended", style="yellow" if behind else "")
        return text.append(f"  {sparkline(self._rates)}", style="cyan")


def _time(done: Progress) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    row: list[RenderableType] = [Text(format_duration(done.elapsed_seconds), style="bold")]
    if done.fraction is not None:
        row.append(ProgressBar(total=1.0, completed=done.fraction, width=30))
        row.append(f"{done.fraction:.0%}")
    if done.left_seconds is not None:
        row.append(f"{format_duration(done.left_seconds)} left")
    grid.add_row(*row)
    return grid


def _down(outage: Outage, now: float) -> Text:
    names = ", ".join(sorted(map(str, outage.signals)))
    lasting = format_duration(max(0.0, now - outage.since))
    text = f"endpoint down for {lasting} ({names}): {outage.waiting:,} requests wait"
    return Text(text, style="bold red")


def _signals(change: Change) -> Table:
    table = _table("signal", "accepted", "events/s", "requests/s", "payload/s", "refused", "failed")
    for signal, counters in change.after.counters.items():
        rates = change.of(signal)
        table.add_row(
            str(signal),
            f"{counters.acked:,}",
            f"{rates.acked:,.0f}",
            f"{rates.requests:,.0f}",
            format_size(rates.bytes),
            _count(counters.rejected),
            _count(counters.failed),
        )
    return table


def _count(events: int) -> Text:
    return Text(f"{events:,}", style="red" if events else "")


def _latencies(sample: Sample) -> Table:
    table = _table("latency now, ms", *PERCENTILES.values())
    for name, histogram in (
        ("service", sample.latencies.service),
        ("response", sample.latencies.response),
    ):
        table.add_row(name, *_percentiles(histogram))
    return table


def _percentiles(histogram: LatencyHistogram) -> list[str]:
    summary = histogram.summary()
    values = (getattr(summary, name) for name in PERCENTILES)
    return ["-" if value is None else f"{value:,.1f}" for value in values]


def _foot(change: Change) -> Text:
    usage = change.after.usage
    text = Text(f"sender: {change.cpu_cores:.0%} of a core, {format_size(usage.max_rss_bytes)}")
    if change.after.errors:
        text.append(f"\n{change.after.errors:,} errors: {_codes(change.after)}", style="red")
    return text


def _codes(sample: Sample) -> str:
    frequent = sorted(sample.codes.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{code} {count:,}" for code, count in frequent[:_CODES]]
    return ", ".join(shown + ["…"] * (len(frequent) > _CODES))


def _table(title: str, *columns: str) -> Table:
    table = Table(title, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right", overflow="fold")
    return table
