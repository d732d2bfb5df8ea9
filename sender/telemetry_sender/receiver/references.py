"""References: what names a span without being one, such as links, log records and exemplars."""

from collections.abc import Sequence
from enum import StrEnum

from telemetry_sender.receiver.id_columns import HasIds, IdColumns, id_columns


class Reference(StrEnum):
    """The kinds of references; the value is the name used in reports."""

    LINKS = "links"
    LOGS = "logs"
    EXEMPLARS = "exemplars"
    SAMPLES = "samples"
    """Of profiles, by the links of their dictionary."""


def reference_ids(messages: Sequence[HasIds]) -> IdColumns:
    """Return the ids of those `messages` that name a trace or a span."""
    return id_columns([each for each in messages if each.trace_id or each.span_id])
