"""Links of spans: a consumer's to its producer, and further ones to earlier requests."""

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments, fold, join, spread
from telemetry_generator.encode.span_flags import IS_KNOWN, IS_REMOTE, SAMPLED
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.traces.table import LinkTable, SpanTable

_LINKS = 13  # Span.links
_ATTRIBUTES = 4  # Span.Link.attributes
_TRACE_ID = b"\x0a\x10"  # field 1, 16 bytes
_SPAN_ID = b"\x12\x08"  # field 2, 8 bytes
_FLAGS_TAG = b"\x35"  # field 6, fixed32

_RELATED = attribute_bytes(_ATTRIBUTES, (("app.link.reason", "earlier request"),))
_CONTENTS = Fragments.of(
    [
        attributes + _FLAGS_TAG + (IS_KNOWN | IS_REMOTE | sampled).to_bytes(4, "little")
        for attributes in (b"", _RELATED)
        for sampled in (0, SAMPLED)
    ]
)


class SpanLinks:
    """All links of spans; what they name is in another process, hence remote."""

    def __init__(self, *, all_sampled: bool) -> None:
        """Take whether every trace is sampled: only then it is known of earlier requests."""
        self._related = 2 + all_sampled

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the links of a table's `rows`."""
        links, contents = self._links(table)
        places = np.empty(len(table), np.int64)
        places[rows] = np.arange(len(rows))
        order = np.argsort(places[links.owner], kind="stable")
        owners, of = np.unique(places[links.owner[order]], return_inverse=True)
        messages = join(
            Cells.words(_TRACE_ID, links.trace_high[order], links.trace_low[order]),
            Cells.words(_SPAN_ID, links.span_id[order]),
            Cells.pick(_CONTENTS, contents[order]),
        )
        return spread(fold(messages.embed(_LINKS), of, len(owners)), owners, len(rows))

    def _links(self, table: SpanTable) -> tuple[LinkTable, I64]:
        """Return all links, those to producers first, and what else each says."""
        producers = _to_producers(table)
        further = table.links
        links = LinkTable(
            np.concatenate([producers.owner, further.owner]),
            np.concatenate([producers.trace_high, further.trace_high]),
            np.concatenate([producers.trace_low, further.trace_low]),
            np.concatenate([producers.span_id, further.span_id]),
        )
        sampled = table.sampled[table.trace[table.link[producers.owner]]].astype(np.int64)
        return links, np.concatenate([sampled, np.full(len(further), self._related)])


def _to_producers(table: SpanTable) -> LinkTable:
    owner = np.flatnonzero(table.link >= 0)
    to = table.link[owner]
    traces = table.trace[to]
    return LinkTable(owner, table.trace_high[traces], table.trace_low[traces], table.span_id[to])
