"""Halves blocks that are too large for the receiver."""

from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.planning.plan import Plan, locate
from telemetry_sender.sending.size_limit import SizeLimit


def pieces(plan: Plan, block: Block, limit: SizeLimit) -> list[Block]:
    """Return a block of the planned file in as many pieces as the learned limit takes."""
    if block.events < 2 or not limit.forbids(block.size):
        return [block]
    return [piece for half in halves(plan, block) for piece in pieces(plan, half, limit)]


def halves(plan: Plan, block: Block) -> tuple[Block, Block]:
    """Return both halves of a block of several events, cut between units where that can be."""
    middle = _middle(plan, block.first, block.last)
    return (
        cut_events(plan, block.index, block.first, middle),
        cut_events(plan, block.index, middle, block.last),
    )


def _middle(plan: Plan, first: int, last: int) -> int:
    """Return where to cut: the unit's beginning nearest to the middle, else the middle itself."""
    middle = (first + last) // 2
    after = locate(plan.unit_first, middle, "right")
    near = [int(plan.unit_first[row]) for row in (after - 1, after) if row < len(plan.unit_first)]
    inside = [event for event in near if first < event < last]
    return min(inside, key=lambda event: abs(event - middle), default=middle)
