"""Finds which point belongs in which cell of the wide table: the same in every pass."""

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
        batches = replay.batches_of_pass(Run(), 0)
        points = pa.Table.from_batches(batches, replay.schema)
        names = _key_names(replay, form)
        keyed = [codes(points.column(name)) for name in names]
        groups = Groups.of([PassValues(points).times, *keyed])
        keys = points.select(names).take(pa.array(groups.first)).combine_chunks()
        cells = [_cells(*column, points, groups) for column in _columns(points, form)]
        _check([*names, *(each.field.name for each in cells)])
        return cls(groups.first, keys, cells)


def _key_names(replay: StreamReplay, form: WideForm) -> list[str]:
    if form.by is not None:
        return list(form.by)
    return [*_KEYS, *replay.promoted]
