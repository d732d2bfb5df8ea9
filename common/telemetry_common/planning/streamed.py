"""Plans of segments of a stream: what needs no knowledge of the segments before and behind.

Ids are not numbered but renewed by a bijection of the template's own, as foreign ids are, so that
those that name each other across segments and signals still do. All times of a segment move
together, so everything in it keeps its place beside everything else.
"""

from dataclasses import replace

import numpy as np

from telemetry_common.planning.plan import Plan, Slots

_NONE = Slots(np.empty(0, np.int64), np.empty(0, np.int32))


def streamed(plan: Plan) -> Plan:
    """Return the plan of a segment's signal with one clock and with ids that need no table."""
    halves = plan.trace_id.offset
    words = (plan.foreign, halves, halves + halves.dtype.type(8), plan.span_id.offset)
    return replace(
        plan,
        traces=1,
        spans=0,
        trace_id=_NONE,
        span_id=_NONE,
        foreign=np.sort(np.concatenate(words)),
        time=Slots(plan.time.offset, np.zeros(len(plan.time), np.int32)),
        anchor=np.empty(0, np.uint64),
        trace_end=np.empty(0, np.uint64),
    )


def latest_time(plan: Plan) -> int:
    """Return the latest template time of a plan, 0 without any."""
    return int(plan.time_value.max(initial=0))
