"""Tables of spans, data points, logs and events, as Arrow has them; needs the extra `tables`."""

from telemetry_sender.tables.api import Tables
from telemetry_sender.tables.functions import batches, events, logs, points, spans, wide

__all__ = ["Tables", "batches", "events", "logs", "points", "spans", "wide"]
