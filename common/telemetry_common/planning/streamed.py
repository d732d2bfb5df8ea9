"""Plans of segments of a stream: ids need no knowledge of the segments before and behind.

They are not numbered but renewed by a bijection of the template's own, as foreign ids are, so that
those that name each other across segments and signals still do.
"""

from dataclasses import replace

import numpy as np

from telemetry_common.planning.plan import Plan, Slots

_NONE = Slots(np.empty(0, np.int64), np.empty(0, np.int32))


def streamed(plan: Plan) -> Plan:
    """Return the plan of a segment's signal with trace and span ids that need no table."""
    halves = plan.trace_id.offset
    words = (plan.foreign, halves, halves + halves.dtype.type(8), plan.span_id.offset)
    foreign = np.sort(np.concatenate(words))
    return replace(plan, trace_id=_NONE, span_id=_NONE, foreign=foreign)
