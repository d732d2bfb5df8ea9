"""Fills the wide table in with the points of every pass."""

from collections.abc import Iterator

import numpy as np

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.spots import TIME
from telemetry_sender.tables.replaying import Run, StreamReplay
from telemetry_sender.tables.wide.pivot import Cells, Pivot
from telemetry_sender.tables.wide.values import PassValues


def wide_batches(
    replay: StreamReplay, pivot: Pivot, run: Run, numbers: range
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of each pass, in the order of their times. Raises TemplateError, UsageError.

    A pass is stamped as a whole, since points of all metrics meet in a row.
    """
    keys = [column.chunk(0) for column in pivot.keys.columns]
    for points in replay.tables(run, numbers):
        values = PassValues(points)
        nanos = values.times[pivot.first]
        times = pa.array(nanos - pivot.behind, pa.int64(), mask=nanos == 0).cast(TIME)
        cells = [_column(each, values, len(nanos)) for each in pivot.cells]
        yield pa.RecordBatch.from_arrays([times, *keys, *cells], schema=pivot.schema)


def _column(cells: Cells, values: PassValues, rows: int) -> pa.Array:
    """Return one column: where several points meet, their mean; null where there is none."""
    numbers, present = values.of(cells.measure, cells.points)
    numbers, row = numbers[present], cells.rows[present]
    met = np.bincount(row, minlength=rows)
    column = np.zeros(rows)
    column[row] = numbers
    if len(row) and met.max() > 1:
        with np.errstate(invalid="ignore"):
            column = np.bincount(row, numbers, rows) / np.maximum(met, 1)
    return pa.array(column, pa.float64(), mask=met == 0)
