"""The tables of a template set, for Python programs."""

from collections.abc import Mapping, Sequence
from typing import TypedDict, Unpack

from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_sender.records.base import Stream
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.encoder import TableEncoder
from telemetry_sender.tables.opening import Location, open_tables
from telemetry_sender.tables.replaying import START, Extent, Instant, Run, StreamReplay
from telemetry_sender.tables.schemas.choice import check_form
from telemetry_sender.tables.schemas.table import Ids, TableForm
from telemetry_sender.tables.wide.form import WideForm
from telemetry_sender.tables.wide.pivot import Pivot
from telemetry_sender.tables.wide.rows import wide_batches

_TABLES: Mapping[str, tuple[Signal, Stream]] = {
    "spans": (Signal.TRACES, Stream.TRACES),
    "points": (Signal.METRICS, Stream.METRICS),
    "logs": (Signal.LOGS, Stream.LOGS),
    "events": (Signal.LOGS, Stream.EVENTS),
}


class Wanted(TypedDict, total=False):
    """Which rows of a table are wanted: equal seeds and starts give equal rows."""

    passes: int
    """How often all events come; 1 unless this or `rows` is given."""
    rows: int
    """How many rows, of as many passes as that takes."""
    seed: int
    """What ids are made from; 0."""
    start: Instant
    """When the timeline begins; START."""


class WideWanted(TypedDict, total=False):
    """Which rows of metrics are wanted, and how they are laid out."""

    passes: int
    """How often all points come; 1."""
    seed: int
    """As of the other tables."""
    start: Instant
    """When the timeline begins; START."""
    by: Sequence[str]
    """Keys of attributes that tell rows apart, instead of all of them. Where several points meet in
    a cell, it holds their mean."""
    names: Mapping[str, str]
    """Other names of metrics."""
    quantiles: Sequence[float]
    """From 0 to 1, estimated from the buckets of histograms."""
    every: str | float
    """Points of so much time share their rows, like `1m` or seconds; absent, those of one instant.
    A row has the time when its share of the pass begins."""


class Tables:
    """The tables of one template set, which is opened once, and decoded when first asked for."""

    def __init__(
        self, location: Location, *, ids: str = Ids.HEX, columns: Sequence[str] = ()
    ) -> None:
        """Open a set: its directory, its manifest, one of its files, or files by signal.

        `ids` are written as "hex" or "binary"; `columns` are keys of attributes that get columns of
        their own. Raises UsageError; TemplateError where the set cannot be used.
        """
        if ids not in set(Ids):
            raise UsageError("ids", f"cannot be {ids!r}", f"use {' or '.join(Ids)}")
        if isinstance(columns, str):
            raise UsageError("columns", f"{columns!r} is no list", f"give [{columns!r}]")
        self._form = TableForm(Ids(ids), tuple(columns))
        self._templates = open_tables(location)
        self._encoders: dict[tuple[Signal, TableForm], TableEncoder] = {}

    def spans(self, **wanted: Unpack[Wanted]) -> pa.Table:
        """Return spans, one row each. Raises UsageError or TemplateError, like all of these."""
        return self.batches("spans", **wanted).read_all()

    def points(self, **wanted: Unpack[Wanted]) -> pa.Table:
        """Return data points of metrics, one row each."""
        return self.batches("points", **wanted).read_all()

    def logs(self, **wanted: Unpack[Wanted]) -> pa.Table:
        """Return log records without a name, one row each."""
        return self.batches("logs", **wanted).read_all()

    def events(self, **wanted: Unpack[Wanted]) -> pa.Table:
        """Return log records with a name, one row each."""
        return self.batches("events", **wanted).read_all()

    def batches(self, table: str, **wanted: Unpack[Wanted]) -> pa.RecordBatchReader:
        """Return a reader of `spans`, `points`, `logs` or `events`: for more than memory holds."""
        _check_known(wanted, Wanted)
        replay = self._replay(table, self._form)
        extent = Extent(wanted.get("passes"), wanted.get("rows"))
        run = Run(wanted.get("seed", 0), wanted.get("start", START))
        return pa.RecordBatchReader.from_batches(replay.table.arrow, replay.batches(run, extent))

    def wide(self, **wanted: Unpack[WideWanted]) -> pa.Table:
        """Return metrics with a column each: one row a time, resource and attributes."""
        _check_known(wanted, WideWanted)
        form = WideForm.of(
            wanted.get("by"), wanted.get("names"), wanted.get("quantiles"), wanted.get("every")
        )
        columns = dict.fromkeys([*self._form.columns, *(form.by or ())])
        replay = self._replay("points", TableForm(self._form.ids, tuple(columns)))
        pivot = Pivot.of(replay, form)
        run = Run(wanted.get("seed", 0), wanted.get("start", START))
        numbers = Extent(wanted.get("passes")).numbers(len(replay.table))
        return pa.Table.from_batches(wide_batches(replay, pivot, run, numbers), pivot.schema)

    def _replay(self, table: str, form: TableForm) -> StreamReplay:
        if table not in _TABLES:
            raise UsageError("table", f"there is no {table!r}", f"use {', '.join(_TABLES)}")
        signal, stream = _TABLES[table]
        if signal not in self._templates:
            raise UsageError(table, f"the set has no {signal}", "give a set that has")
        if (signal, form) not in self._encoders:
            check_form(form, [signal], "columns")
            self._encoders[signal, form] = TableEncoder(self._templates[signal], form)
        return StreamReplay(self._templates, signal, stream, self._encoders[signal, form])


def _check_known(wanted: Mapping[str, object], known: type[Wanted] | type[WideWanted]) -> None:
    """Refuse what nobody would read. Raises UsageError."""
    for name in wanted:
        if name not in known.__annotations__:
            raise UsageError(name, "is unknown", f"use {', '.join(known.__annotations__)}")
