"""Harvest: grown requests get times, outcomes, ids and an order, and become a table."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64, Bools, child_keys, draw
from telemetry_generator.traces.extras import make_events, make_links
from telemetry_generator.traces.forest import Forest, Level
from telemetry_generator.traces.graph import Graph
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.traces.order import Order
from telemetry_generator.traces.outcomes import Failures, decide_outcomes
from telemetry_generator.traces.placing import place
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.roots import unusual_roots
from telemetry_generator.traces.runs import Runs
from telemetry_generator.traces.sampling import is_sampled, randomness
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.traces.timing import Times, lay_out


class Requests(NamedTuple):
    """The requests of a forest; columns of shape (requests,)."""

    number: I64
    """Their numbers in the set."""
    key: U64
    cut: int
    """Calls of all of them together that were not made."""


@dataclass(frozen=True, slots=True, eq=False)
class Harvest:
    """What finishing requests takes, whichever they are."""

    config: TracesConfig
    graph: Graph
    ids: TemplateIds
    horizon_nanos: int

    def table(self, forest: Forest, requests: Requests) -> SpanTable:
        """Return the spans of the forest, finished and in order."""
        grown = forest.whole()
        order = Order.of(forest, grown)
        spans = grown.chosen(order.rows)
        request, ordinal = requests.number[spans.request], order.ordinals()
        times = self._times(forest, grown, order, requests.key)
        roots = self._roots(order, requests)
        firsts = order.traces.starts
        trace_ids = self.ids.traces(request[firsts], ordinal[firsts])
        bits = randomness(spans.key[firsts])
        return SpanTable(
            request=request,
            trace=order.traces.each(np.arange(len(firsts))),
            parent=order.parents(grown),
            link=order.producers(grown),
            service=spans.service,
            instance=self._instances(spans, order.traces),
            operation=spans.operation,
            kind=spans.kind,
            outcome=self._outcomes(forest, grown, requests.key)[order.rows],
            attempt=spans.attempt,
            start=times.start,
            end=times.end,
            key=spans.key,
            detail=spans.detail,
            span_id=self.ids.spans(request, ordinal),
            phantom=roots.phantom,
            trace_high=trace_ids.high,
            trace_low=trace_ids.low,
            is_late=roots.is_late,
            sampled=is_sampled(self.config.sampling, bits),
            randomness=bits,
            links=make_links(self.config.links, self.ids, spans.key, request),
            events=make_events(self.config.events, spans.key, times),
            cut=requests.cut,
        )

    def _times(self, forest: Forest, grown: Level, order: Order, keys: U64) -> Times:
        times = lay_out(self.graph, forest, grown)
        in_order = Times(times.start[order.rows], times.end[order.rows])
        return place(in_order, order.requests, keys, self.horizon_nanos)

    def _outcomes(self, forest: Forest, grown: Level, keys: U64) -> I64:
        errors = self.config.errors
        failures = Failures(errors.recovery_per_million, errors.rate_per_million)
        return decide_outcomes(self.graph, forest, grown, keys, failures)

    def _instances(self, spans: Level, traces: Runs) -> I64:
        """Return who makes each span: within a trace, one replica of a service does it all."""
        first = traces.each(traces.starts)
        key = child_keys(draw(spans.key[first], Draw.INSTANCE), spans.service)
        return self.graph.instances.pick(spans.service, key)

    def _roots(self, order: Order, requests: Requests) -> "_Roots":
        unusual = unusual_roots(self.config.root, requests.key)
        first = order.requests.starts
        phantom, is_late = np.zeros(len(order.rows), np.uint64), np.zeros(len(order.rows), bool)
        phantom[first] = self.ids.phantoms(requests.number) * unusual.is_rootless
        is_late[first] = unusual.is_late
        return _Roots(phantom, is_late)


class _Roots(NamedTuple):
    """What is unusual about roots, for each span; shape (spans,)."""

    phantom: U64
    is_late: Bools
