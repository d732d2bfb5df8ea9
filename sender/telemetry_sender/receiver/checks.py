"""Checks that one request answers by itself: ids of legal length, spans that end after start."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from telemetry_sender.receiver.id_columns import IdColumns
from telemetry_sender.receiver.profile_checks import ProfileChecks
from telemetry_sender.receiver.references import Reference
from telemetry_sender.receiver.spans import SpanColumns


@dataclass(slots=True)
class Checks:
    """Counts of what is wrong, over all requests.

    Span ids and trace ids must be 8 and 16 bytes and not zero; parents and references may be
    empty. `references` counts what names a span, `unresolved` (with a ledger only) what names
    one outside the run.
    """

    invalid_trace_ids: int = 0
    invalid_span_ids: int = 0
    invalid_parent_ids: int = 0
    ends_before_starts: int = 0
    profiles: ProfileChecks = field(default_factory=ProfileChecks)
    references: Counter[Reference] = field(default_factory=Counter)
    invalid_references: Counter[Reference] = field(default_factory=Counter)
    unresolved: Counter[Reference] = field(default_factory=Counter)

    def check_spans(self, spans: SpanColumns) -> None:
        """Check the spans of one request."""
        self.invalid_trace_ids += spans.ids.invalid_traces
        self.invalid_span_ids += spans.ids.invalid_spans
        self.invalid_parent_ids += spans.malformed_parents
        self.ends_before_starts += int(np.count_nonzero(spans.ends < spans.starts))

    def check_references(self, kind: Reference, ids: IdColumns) -> None:
        """Check the references of one kind in one request; a malformed id counts each."""
        self.references[kind] += len(ids)
        self.invalid_references[kind] += ids.malformed_traces + ids.malformed_spans
