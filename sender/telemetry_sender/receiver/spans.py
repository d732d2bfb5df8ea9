"""The fields of spans that are checked, taken out of the decoded messages column by column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from telemetry_common.ids import U64
from telemetry_sender.receiver.id_columns import SPAN_ID_BYTES, IdColumns, id_columns, id_words


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """The spans of one request, one array element a span, in wire order.

    `parents` holds 0 for a root; times are nanoseconds since the Unix epoch.
    """

    ids: IdColumns
    parents: U64
    malformed_parents: int
    starts: U64
    ends: U64

    def __len__(self) -> int:
        return len(self.parents)


def spans_of(resources: Iterable[ResourceSpans]) -> list[Span]:
    """Return every span under `resources`, in wire order."""
    return [span for each in resources for scope in each.scope_spans for span in scope.spans]


def span_columns(spans: Sequence[Span]) -> SpanColumns:
    """Return the checked fields of `spans`."""
    parents, malformed = id_words([span.parent_span_id for span in spans], SPAN_ID_BYTES)
    return SpanColumns(
        ids=id_columns(spans),
        parents=parents[:, 0],
        malformed_parents=malformed,
        starts=np.array([span.start_time_unix_nano for span in spans], dtype=np.uint64),
        ends=np.array([span.end_time_unix_nano for span in spans], dtype=np.uint64),
    )


def links_of(spans: Iterable[Span]) -> list[Span.Link]:
    """Return every link of `spans`, in wire order."""
    # To ask first is cheaper: few spans have any.
    return [link for span in spans if span.links for link in span.links]
