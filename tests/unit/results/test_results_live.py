"""The live view shows what matters, leaves the terminal clean, and fails like any output."""

import io
import os
import pty
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from sender_results import make_config, send
from telemetry_common.errors import RunError
from telemetry_common.signals import Signal
from telemetry_sender.results.outage import Outage
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.results.watch.progress import progress
from telemetry_sender.results.watch.views import every, terminal_view
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sparkline import sparkline

_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"


class Screen(io.StringIO):
    """What a terminal would get."""

    def isatty(self) -> bool:
        return True


def samples(rates: Sequence[int], *, intended: int = 1000) -> list[Sample]:
    """Return a sample a second of a run with a failing signal."""
    stats, found = RunStats([Signal.TRACES, Signal.LOGS]), []
    for second, rate in enumerate(rates, 1):
        send(stats, Signal.TRACES, rate, millis=12.5)
        send(stats, Signal.LOGS, 3, Delivery("UNAVAILABLE", message="[red]down"))
        due = float(intended * second)
        found.append(stats.sample(float(second), due=due, usage=ProcessUsage(second / 2, 9 << 20)))
    return found


def shown(given: Sequence[Sample], width: int = 100, **sending: Any) -> str:
    """Return all that a terminal gets to see of these samples."""
    file = Screen()
    console = Console(file=file, force_terminal=True, width=width, height=40, color_system=None)
    with terminal_view(console, make_config(sending=sending), print) as observe:
        for sample in given:
            observe(sample)
    return file.getvalue()


def test_rate_intention_signals_latency_errors_and_usage_are_shown() -> None:
    text = shown(samples([500, 800]), duration=10)
    assert "800/s accepted of 1,000/s intended" in text
    assert "▅█" in text
    for words in ("traces", "1,300", "logs", "service", "12.5", "response", "25.0"):
        assert words in text
    assert "2 errors: UNAVAILABLE 2" in text
    assert "50% of a core, 9.0 MB" in text
    assert "20%" in text
    assert "8.0s left" in text


def test_an_endpoint_that_is_down_is_told_as_long_as_it_is() -> None:
    (sample,) = samples([10])
    outage = Outage(since=0.25, signals=frozenset({Signal.TRACES, Signal.LOGS}), waiting=7)
    text = shown([replace(sample, outage=outage)])
    assert "endpoint down for 0.8s (logs, traces): 7 requests wait" in text
    assert "endpoint down" not in shown([sample])


def test_the_terminal_is_left_clean_even_by_ctrl_c() -> None:
    file = Screen()
    console = Console(file=file, force_terminal=True, width=80, height=30)
    with suppress(KeyboardInterrupt), terminal_view(console, make_config(), print) as observe:
        observe(samples([10])[0])
        raise KeyboardInterrupt
    text = file.getvalue()
    assert text.index(_HIDE) < text.rindex(_SHOW)
    assert text.rstrip().endswith("\x1b[2K"), "the last line of the view is erased"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_view_fits_any_width(width: int) -> None:
    text = re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]|\r", "", shown(samples([10**9]), width))
    assert max(map(len, text.splitlines())) <= width


def test_lines_take_its_place_where_there_is_no_terminal() -> None:
    lines: list[str] = []
    console = Console(file=io.StringIO(), force_terminal=True)
    with terminal_view(console, make_config(), lines.append) as observe:
        for sample in samples([10] * 6):
            observe(sample)
    assert [line[:7] for line in lines] == ["[   5s]"]


def test_lines_take_its_place_on_request() -> None:
    lines: list[str] = []
    console = Console(file=Screen(), force_terminal=True)
    with terminal_view(console, make_config(), lines.append, plain=True) as observe:
        for sample in samples([10] * 6):
            observe(sample)
    assert len(lines) == 1


def test_a_terminal_that_is_gone_ends_the_run_like_any_closed_output() -> None:
    """The observer's error is what ends a run in good order."""
    terminal, child = pty.openpty()
    with suppress(OSError), os.fdopen(child, "w") as file:  # closing it fails as well
        console = Console(file=file, force_terminal=True, width=80, height=30)
        with terminal_view(console, make_config(), print) as observe:
            os.close(terminal)
            with pytest.raises((OSError, RunError)):
                observe(samples([10])[0])
            left_well = True
        assert left_well, "the run goes on to its report"


def test_bars_stand_for_numbers() -> None:
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([0, 7, 3.5]) == "▁█▅"


def planned(sent: int, events: float | None, seconds: float) -> Sample:
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, sent)
    return stats.sample(seconds, due=None, usage=ProcessUsage.none(), planned=events)


@pytest.mark.parametrize(
    ("duration", "events", "fraction", "left"),
    [
        (0, None, None, None),
        (40, None, 0.25, 30.0),
        (0, 200.0, 0.5, 10.0),
        (40, 200.0, 0.5, 10.0),
        (20, 200.0, 0.5, 10.0),
        (5, None, 1.0, 0.0),
    ],
)
def test_progress_follows_what_ends_the_run_first(
    duration: float, events: float | None, fraction: float | None, left: float | None
) -> None:
    config = make_config(sending={"duration": duration})
    found = progress(planned(100, events, 10.0), config.sending)
    assert (found.fraction, found.left_seconds) == (fraction, left)


def test_every_observer_gets_every_sample() -> None:
    first: list[Sample] = []
    second: list[Sample] = []
    given = samples([1, 2])
    for sample in given:
        every(first.append, second.append)(sample)
    assert first == second == given
