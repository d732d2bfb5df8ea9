"""Divides requests that turn out to be too long, after they were stamped.

Stamping a half anew would cost a pass of its own. All bytes of a half are in the whole, except
for the lengths of the containers that the cut opens.
"""

from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.planning.plan import Plan, locate


def halves(plan: Plan, block: Block) -> tuple[Block, Block]:
    """Return two blocks with the events of one that holds several; cut between units if it can."""
    middle = block.first + block.events // 2
    unit = int(plan.unit_first[locate(plan.unit_first, middle, "right") - 1])
    middle = unit if unit > block.first else middle
    return (
        cut_events(plan, block.index, block.first, middle),
        cut_events(plan, block.index, middle, block.last),
    )


def taken(half: Block, whole: Block, stamped: bytes) -> bytes:
    """Return the bytes of a half out of those of the `stamped` whole.

    A range of the file stands in a block once at most, so there is one place for every byte.
    """
    pieces = list(half.literals)
    for part in half.parts:
        for source in whole.parts:
            start, end = max(part.start, source.start), min(part.end, source.end)
            if start < end:
                at = source.at + start - source.start
                pieces.append((part.at + start - part.start, stamped[at : at + end - start]))
    return b"".join(piece for _, piece in sorted(pieces))
