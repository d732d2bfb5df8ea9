"""What validation found: every finding counted, the first few of each kind kept."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from telemetry_common.signals import Signal
from telemetry_generator.reading.values import printable
from telemetry_generator.validation.kinds import Kind

SHOWN_OF_A_KIND = 5
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the file, the place in it, and the problem."""

    kind: Kind
    file: str
    place: str
    problem: str

    @property
    def fix(self) -> str:
        """What to do about it."""
        return self.kind.fix


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file of the set as it was read: not what the manifest says."""

    signal: Signal
    path: str
    bytes: int
    resources: int
    events: int


@dataclass(slots=True)
class Findings:
    """The result of a validation. Texts in it are printable: files may hold anything."""

    manifest: str
    limit: int = SHOWN_OF_A_KIND
    """How many findings of each kind are kept."""
    files: list[CheckedFile] = field(default_factory=list)
    shown: list[Finding] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    """What could not be checked, and why."""

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.counts

    @property
    def total(self) -> int:
        """Number of all findings."""
        return self.counts.total()

    def add(self, kind: Kind, file: str, place: str, problem: str) -> None:
        """Count one finding, and keep it if it is among the first of its kind."""
        if self.counts[kind] < self.limit:
            texts = (printable(text, _LONGEST_TEXT) for text in (file, place, problem))
            self.shown.append(Finding(kind, *texts))
        self.counts[kind] += 1

    def add_rows(
        self,
        kind: Kind,
        file: str,
        rows: Sequence[int],
        describe: Callable[[int], tuple[str, str]],
    ) -> None:
        """Count a finding for each of `rows`; `describe` gives place and problem where shown."""
        for row in rows[: max(0, self.limit - self.counts[kind])]:
            self.add(kind, file, *describe(row))
            rows = rows[1:]
        if len(rows):
            self.counts[kind] += len(rows)
