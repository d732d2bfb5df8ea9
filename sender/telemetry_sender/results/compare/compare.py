"""The comparison of two reports: a pure function, and what it found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telemetry_sender.results.compare.figures import FIGURES, failed_requests
from telemetry_sender.results.compare.threshold import Threshold
from telemetry_sender.results.report_file import RunReport


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of both runs."""

    name: str
    before: float | None
    after: float | None
    threshold: Threshold | None

    @property
    def unit(self) -> str:
        """The figure's unit."""
        return FIGURES[self.name].unit

    @property
    def difference(self) -> float | None:
        """The second figure minus the first."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def change_percent(self) -> float | None:
        """The difference in percent of the first figure; None where that is zero."""
        if not self.before or self.after is None:
            return None
        return 100 * (self.after - self.before) / abs(self.before)

    @property
    def broken(self) -> bool:
        """Whether the change is more than the threshold allows."""
        return self.threshold is not None and self.threshold.broken_by(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs have and have not in common."""

    rows: Sequence[Row]
    settings: Mapping[str, tuple[Any, Any]]
    """Settings that differ: such runs may not be comparable."""
    failures: int | None
    """Requests of the second run that failed; None when they are not asked about."""

    @property
    def problems(self) -> list[str]:
        """What is not acceptable, one sentence each."""
        broken = [_sentence(row) for row in self.rows if row.broken]
        failed = [f"errors: {self.failures:,} requests failed"] if self.failures else []
        return broken + failed

    @property
    def ok(self) -> bool:
        """Whether every threshold holds."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return the comparison for programs."""
        return {
            "ok": self.ok,
            "problems": self.problems,
            "figures": {row.name: _shown(row) for row in self.rows},
            "settings": {key: list(values) for key, values in self.settings.items()},
        }


def compare_reports(
    before: RunReport,
    after: RunReport,
    thresholds: Sequence[Threshold],
    *,
    fail_on_errors: bool = False,
) -> Comparison:
    """Compare a run with an earlier one; a figure's last threshold counts."""
    by_name = {each.name: each for each in thresholds}
    rows = [
        Row(name, figure.read(before), figure.read(after), by_name.get(name))
        for name, figure in FIGURES.items()
    ]
    settings = dict(_differences(before.run.configuration, after.run.configuration))
    return Comparison(rows, settings, failed_requests(after) if fail_on_errors else None)


def _sentence(row: Row) -> str:
    if row.difference is None:
        return f"{row.name}: only one of the runs has it"
    change = "" if row.change_percent is None else f" ({row.change_percent:+.1f}%)"
    both = f"{row.before:,.6g} to {row.after:,.6g} {row.unit}{change}"
    return f"{row.name}: {both}, allowed {row.threshold}"


def _shown(row: Row) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "a": row.before,
        "b": row.after,
        "difference": row.difference,
        "change_percent": row.change_percent,
        "threshold": None if row.threshold is None else str(row.threshold),
        "ok": not row.broken,
    }


def _differences(
    before: Mapping[str, Any], after: Mapping[str, Any], path: str = ""
) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield the settings that differ, by their path."""
    for key in dict.fromkeys((*before, *after)):
        mine, theirs = before.get(key), after.get(key)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            yield from _differences(mine, theirs, f"{path}{key}.")
        elif mine != theirs:
            yield f"{path}{key}", (mine, theirs)
