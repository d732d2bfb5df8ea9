"""When a block happened, by the times that were stamped into it."""

from telemetry_common.planning.cut import Block
from telemetry_common.planning.plan import Column, Plan, locate
from telemetry_common.signals import Signal


def first_time(plan: Plan, block: Block, stamped: bytes) -> int:
    """Return the first time in a stamped block of this plan, in Unix nanoseconds; 0 without one.

    That is when the first event began, or the first one of those that have a time.
    """
    column = plan.point_time if plan.signal is Signal.METRICS else plan.time.offset
    at = _first_in(column, block)
    return 0 if at is None else int.from_bytes(stamped[at : at + 8], "little")


def _first_in(column: Column, block: Block) -> int | None:
    """Return where the first of these slots of the file stands in the block."""
    for part in block.parts:
        row = locate(column, part.start)
        if row < len(column) and column[row] < part.end:
            return int(column[row]) - part.start + part.at
    return None
