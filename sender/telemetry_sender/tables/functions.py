"""One call makes one table of a template set; `Tables` is for more than one."""

from collections.abc import Sequence
from typing import Unpack

from telemetry_sender.tables.api import Tables, Wanted, WideWanted
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.opening import Location
from telemetry_sender.tables.schemas.table import Ids


def spans(
    location: Location,
    *,
    ids: str = Ids.HEX,
    columns: Sequence[str] = (),
    **wanted: Unpack[Wanted],
) -> pa.Table:
    """Return the spans of a set, one row each. Raises UsageError or TemplateError, as all here."""
    return Tables(location, ids=ids, columns=columns).spans(**wanted)


def points(
    location: Location,
    *,
    ids: str = Ids.HEX,
    columns: Sequence[str] = (),
    **wanted: Unpack[Wanted],
) -> pa.Table:
    """Return the data points of a set's metrics, one row each."""
    return Tables(location, ids=ids, columns=columns).points(**wanted)


def logs(
    location: Location,
    *,
    ids: str = Ids.HEX,
    columns: Sequence[str] = (),
    **wanted: Unpack[Wanted],
) -> pa.Table:
    """Return the log records of a set that have no name, one row each."""
    return Tables(location, ids=ids, columns=columns).logs(**wanted)


def events(
    location: Location,
    *,
    ids: str = Ids.HEX,
    columns: Sequence[str] = (),
    **wanted: Unpack[Wanted],
) -> pa.Table:
    """Return the log records of a set that have a name, one row each."""
    return Tables(location, ids=ids, columns=columns).events(**wanted)


def batches(
    location: Location,
    table: str,
    *,
    ids: str = Ids.HEX,
    columns: Sequence[str] = (),
    **wanted: Unpack[Wanted],
) -> pa.RecordBatchReader:
    """Return a reader of `spans`, `points`, `logs` or `events`: for more than memory holds."""
    return Tables(location, ids=ids, columns=columns).batches(table, **wanted)


def wide(
    location: Location, *, columns: Sequence[str] = (), **wanted: Unpack[WideWanted]
) -> pa.Table:
    """Return the metrics of a set with a column each; see `Tables.wide`."""
    return Tables(location, columns=columns).wide(**wanted)
