"""Which tables a signal gives."""

from collections.abc import Callable, Iterable, Mapping

from telemetry_common.signals import Signal
from telemetry_sender.tables.schemas.logs import events_schema, logs_schema
from telemetry_sender.tables.schemas.points import points_schema
from telemetry_sender.tables.schemas.spans import spans_schema
from telemetry_sender.tables.schemas.table import TableForm, TableSchema

SCHEMAS: Mapping[Signal, tuple[Callable[[TableForm], TableSchema], ...]] = {
    Signal.TRACES: (spans_schema,),
    Signal.METRICS: (points_schema,),
    Signal.LOGS: (logs_schema, events_schema),
}


def schemas_of(signal: Signal, form: TableForm) -> list[TableSchema]:
    """Return the tables of a signal in this form. Profiles have none: KeyError."""
    return [make(form) for make in SCHEMAS[signal]]


def check_form(form: TableForm, signals: Iterable[Signal], place: str) -> None:
    """Refuse columns that a table of these signals cannot have. Raises ConfigError."""
    for signal in signals:
        for schema in schemas_of(signal, form):
            schema.check(form, place)
