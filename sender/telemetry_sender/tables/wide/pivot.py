"""Finds which point belongs in which cell of the wide table: the same in every pass."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from telemetry_common.errors import UsageError
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.spots import TIME
from telemetry_sender.tables.replaying import Run, StreamReplay
from telemetry_sender.tables.wide.form import WideForm
from telemetry_sender.tables.wide.groups import Groups, Numbers, codes
from telemetry_sender.tables.wide.values import Measure, PassValues

_KEYS = ("service", "resource", "attributes")
_SINGLE = ("gauge", "sum")
_OF_METRIC = ("metric", "type", "unit", "temporality")


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a metric: which points go into which rows, (k,) each."""

    field: pa.Field
    measure: Measure
    points: Numbers
    rows: Numbers


@dataclass(frozen=True, slots=True)
class Pivot:
    """The layout of the wide table of a template."""

    first: Numbers
    """The first point of each row, (m,)."""
    behind: Numbers
    """How much that point is behind the time of its row, nanoseconds (m,)."""
    keys: pa.Table
    """What tells rows apart beside their time: m rows."""
    cells: Sequence[Cells]

    @property
    def schema(self) -> pa.Schema:
        """The time, the keys, and a column or several for each metric."""
        fields = [cells.field for cells in self.cells]
        return pa.schema([pa.field("timestamp", TIME), *self.keys.schema, *fields])

    @classmethod
    def of(cls, replay: StreamReplay, form: WideForm) -> "Pivot":
        """Return the layout of a template's points. Raises UsageError for names used twice."""
        run = Run()
        (points,) = replay.tables(run, range(1))
        names = [*_KEYS, *replay.table.decoded.promoted] if form.by is None else list(form.by)
        share, behind = np.divmod(PassValues(points).times - _begin(run), form.every)
        groups = Groups.of([share, *(codes(points.column(name)) for name in names)])
        keys = points.select(names).take(pa.array(groups.first)).combine_chunks()
        cells = [cell for metric in _metrics(points) for cell in _cells(metric, groups, form)]
        _check_names(["timestamp", *names, *(cell.field.name for cell in cells)])
        return cls(groups.first, behind[groups.first], keys, cells)


def _begin(run: Run) -> int:
    """Return when the first pass begins."""
    return run.timestamps.start_nanos or 0


@dataclass(frozen=True, slots=True)
class _Metric:
    """A metric of one kind, and which points are of it."""

    name: str
    kind: str
    metadata: dict[str, str]
    points: Numbers


def _metrics(points: pa.Table) -> Iterator[_Metric]:
    """Yield the metrics in the order in which they first come."""
    named, kinds = codes(points.column("metric")), codes(points.column("type"))
    both = named * (kinds.max(initial=0) + 1) + kinds
    firsts = np.sort(np.unique(both, return_index=True)[1])
    for first in firsts.tolist():
        metric = points.select(_OF_METRIC).slice(first, 1).to_pylist()[0]
        own = np.flatnonzero(both == both[first])
        texts = {key: text for key, text in metric.items() if text}
        yield _Metric(metric["metric"], metric["type"], texts, own)


def _cells(metric: _Metric, groups: Groups, form: WideForm) -> Iterator[Cells]:
    """Yield the columns of a metric: its value, or what there is of a distribution."""
    for ending, measure in _measures(metric.kind, form):
        name = form.name(metric.name) + ending
        field = pa.field(
            name, pa.float64(), metadata={**metric.metadata, "measure": ending[1:] or "value"}
        )
        yield Cells(field, measure, metric.points, groups.row[metric.points])


def _measures(kind: str, form: WideForm) -> list[tuple[str, Measure]]:
    """Return how the columns of a kind of metric end, and what is in them."""
    if kind in _SINGLE:
        return [("", "value")]
    measures: list[tuple[str, Measure]] = [(".count", "count"), (".sum", "sum")]
    if kind == "histogram":
        measures += [(f".p{each * 100:g}", float(each)) for each in form.quantiles]
    return measures


def _check_names(names: Sequence[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        problem = f"two columns would be called {twice[0]!r}"
        raise UsageError("names", problem, "give one of the metrics another name")
