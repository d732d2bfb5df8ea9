"""Stamps whole passes of a template and makes tables of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from pydantic import ValidationError

from telemetry_common.errors import UsageError
from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.records.base import Stream
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.build import make_stampers
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.encoder import StampedTable, TableEncoder

START = "2026-01-01T00:00:00Z"
"""When the timeline begins unless another start is given."""

Instant = str | datetime
"""RFC 3339, or a date and time that knows its zone."""

_BLOCK_BYTES = 4 << 20
"""Of the template, at once: larger ones are no faster, and take memory."""
_ROWS = 1 << 14
"""Of several passes at once, so that small sets are as fast as large ones."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is wanted: so many passes, or so many rows; one pass unless either is given."""

    passes: int | None = None
    rows: int | None = None

    def __post_init__(self) -> None:
        if self.passes is not None and self.rows is not None:
            raise UsageError("rows", "cannot go with `passes`", "give one of them")
        for name, number in (("passes", self.passes), ("rows", self.rows)):
            if number is not None and number < 0:
                raise UsageError(name, f"{number} is negative", "give 0 or more")

    def numbers(self, rows: int) -> range:
        """Return the numbers of the passes, which have so many rows each."""
        if self.rows is not None:
            return range(-(-self.rows // rows) if rows else 0)
        return range(1 if self.passes is None else self.passes)


@dataclass(frozen=True, slots=True)
class Run:
    """What decides about ids and times: equal ones give equal tables."""

    seed: int = 0
    start: Instant = START

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise UsageError("seed", f"{self.seed} is negative", "give 0 or more")

    @property
    def timestamps(self) -> TimestampsConfig:
        """The timeline from the start on. Raises UsageError."""
        try:
            return TimestampsConfig.model_validate({"mode": "timeline", "start": self.start})
        except ValidationError as error:
            problem = str(error.errors()[0]["msg"]).lower()
            fix = f"give an instant with its zone, like {START}"
            raise UsageError("start", f"{self.start}: {problem}", fix) from None


@dataclass(frozen=True, slots=True)
class StreamReplay:
    """Replays one template of a set as rows of one of its tables."""

    templates: Mapping[Signal, Template]
    """All of the set, since signals name the same spans."""
    signal: Signal
    stream: Stream
    encoder: TableEncoder

    @property
    def table(self) -> StampedTable:
        """The table, for which all of the template is decoded. Raises TemplateError."""
        return self.encoder.table(self.stream)

    def batches(self, run: Run, extent: Extent) -> Iterator[pa.RecordBatch]:
        """Return as many rows as wanted, pass by pass. Raises TemplateError or UsageError."""
        numbers = extent.numbers(len(self.table))
        rows = len(numbers) * len(self.table) if extent.rows is None else extent.rows
        return _limited(self._batches(self._stamper(run), numbers), rows)

    def tables(self, run: Run, numbers: range) -> Iterator[pa.Table]:
        """Yield all rows of each of these passes. Raises TemplateError or UsageError."""
        stamper = self._stamper(run)
        for number in numbers:
            batches = self._batches(stamper, range(number, number + 1))
            yield pa.Table.from_batches(batches, self.table.arrow)

    def _stamper(self, run: Run) -> BlockStamper:
        return make_stampers(run.timestamps, self.templates, run.seed, 0)[self.signal]

    def _batches(self, stamper: BlockStamper, numbers: range) -> Iterator[pa.RecordBatch]:
        """Yield the rows of these passes; of small ones, several at once."""
        blocks = [(each, self.table.find(each)) for each in _blocks(self.templates[self.signal])]
        held = [(block, rows) for block, rows in blocks if rows is not None]
        at_once = self._passes_at_once(len(numbers)) if len(held) == 1 else 1
        table = self.table if at_once == 1 else self.table.repeated(at_once)
        for first in numbers[::at_once]:
            together = range(first, min(first + at_once, numbers.stop))
            for block, rows in held:
                stamped = [stamper.stamp(block, number, 0) for number in together]
                yield table.rows(rows, *stamped).batch

    def _passes_at_once(self, wanted: int) -> int:
        """Return how many passes to make at once of a set that is one block."""
        return max(1, min(wanted, _ROWS // len(self.table)))


def _limited(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the first `rows` rows."""
    left = rows
    for batch in batches:
        if left:
            yield batch.slice(0, left)
        left -= min(left, batch.num_rows)


def _blocks(template: Template) -> Iterator[Block]:
    """Yield all blocks of a pass."""
    plan = template.plan
    at_once = max(1, plan.events * _BLOCK_BYTES // max(plan.size, 1))
    bounds = [*range(0, plan.events, at_once), plan.events]
    for index, (first, last) in enumerate(pairwise(bounds)):
        yield cut_events(plan, index, first, last)
