"""Opens the templates of a run and says what they hold."""

from collections.abc import Callable, Mapping
from pathlib import Path

from telemetry_common.signals import Signal
from telemetry_common.template import Rewrite, Template, open_templates
from telemetry_common.units import format_size

Printer = Callable[[str], None]


def load_templates(
    files: Mapping[Signal, Path], out: Printer, rewrite: Rewrite | None = None
) -> dict[Signal, Template]:
    """Open the files of a set, or what `rewrite` makes of each; `out` gets lines of progress.

    Raises TemplateError.
    """
    templates = open_templates(files, _LoadingProgress(out), rewrite)
    for template in templates.values():
        out(_loaded(template))
    return templates


def _loaded(template: Template) -> str:
    plan = template.plan
    source = "plan from cache" if template.was_cached else "plan made"
    traces = f" in {plan.traces:,} traces" if plan.signal is Signal.TRACES else ""
    noun = plan.signal.event_noun
    size = format_size(plan.size)
    return f"loaded {plan.signal}: {plan.events:,} {noun}{traces}, {size} ({source})"


class _LoadingProgress:
    """Says from time to time how far the making of a plan has come."""

    _STEP = 256 << 20

    def __init__(self, out: Printer) -> None:
        self._out = out
        self._next = self._STEP

    def __call__(self, signal: Signal, done: int, size: int) -> None:
        """Print a line for every 256 MB."""
        if done >= self._next:
            self._out(f"reading {signal}: {format_size(done)} of {format_size(size)}")
            self._next = done + self._STEP
        elif done < self._next - self._STEP:
            self._next = self._STEP
