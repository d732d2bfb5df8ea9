"""Which values of a block a stamper changes, by where they begin in it."""

from collections.abc import Iterator

import numpy as np

from telemetry_common.planning.cut import Block
from telemetry_common.planning.plan import Column, Plan
from telemetry_sender.stamping.places import BlockPlaces, Places


def slot_offsets(plan: Plan, block: Block) -> frozenset[int]:
    """Return where the slots of `plan` begin in `block`.

    An id of 16 bytes from outside the set is two slots to the stamper.
    """
    places = BlockPlaces.find(plan, block)
    found = [own.at(offset) for own, offset in _slots(plan, places) if own]
    return frozenset(np.concatenate(found).tolist() if found else ())


def _slots(plan: Plan, places: BlockPlaces) -> Iterator[tuple[Places, Column]]:
    yield places.time, plan.time.offset
    yield places.trace_id, plan.trace_id.offset
    yield places.span_id, plan.span_id.offset
    yield places.profile_id, plan.profile_id.offset
    yield places.foreign, plan.foreign
    yield places.point_time, plan.point_time
    yield places.point_start, plan.point_start.offset
    yield places.count, plan.count
    yield places.amount, plan.amount
