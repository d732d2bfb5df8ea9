"""How much worse a figure may get: `rate=-5%`, `response_p99=+10%`, `loss=+0.1`."""

import re
from dataclasses import dataclass

from telemetry_common.errors import UsageError
from telemetry_sender.results.compare.figures import FIGURES

_FORM = re.compile(
    r"(?P<name>\w+)=(?P<sign>[+-])(?P<amount>\d+(?:\.\d+)?)(?P<percent>%?)", re.ASCII
)

DEFAULTS = ("rate=-5%", "loss=+0.1", "response_p99=+10%")
"""What counts without any `--threshold`: a twentieth of the rate, a tenth of the slowest answers,
and a tenth of a percentage point of loss."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure may change by so much in one direction, and by anything in the other."""

    name: str
    limit: float
    """Negative: it may fall by so much. Positive: it may rise by so much."""
    relative: bool
    """Whether the limit is in percent of the first run's figure, or in the figure's own unit."""

    @classmethod
    def parse(cls, text: str) -> "Threshold":
        """Return what `NAME=±N` or `NAME=±N%` means. Raises UsageError."""
        match = _FORM.fullmatch(text)
        if match is None:
            raise _refused(text, "not NAME=+N, NAME=-N or one of them with %", "write rate=-5%")
        if match["name"] not in FIGURES:
            raise _refused(text, "no such figure", f"choose among {', '.join(FIGURES)}")
        limit = float(match["sign"] + match["amount"])
        return cls(match["name"], limit, bool(match["percent"]))

    def broken_by(self, before: float | None, after: float | None) -> bool:
        """Return whether a figure changed too much; one that a run does not have is too much."""
        if before is None or after is None:
            return before is not after
        allowed = abs(self.limit) * (abs(before) / 100 if self.relative else 1.0)
        worse = after - before if self._rising else before - after
        return worse > allowed

    @property
    def _rising(self) -> bool:
        return not str(self.limit).startswith("-")

    def __str__(self) -> str:
        return f"{self.limit:+.12g}{'%' if self.relative else ''}"


def _refused(text: str, problem: str, fix: str) -> UsageError:
    return UsageError(f"--threshold {text}", problem, fix)
