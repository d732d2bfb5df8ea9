"""Where the slots of a plan stand in a block: found once a block, used in every pass."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.cut import Block
from telemetry_common.planning.plan import Column, Indices, Plan, locate
from telemetry_common.planning.wire import Offsets

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Places:
    """The slots of one kind that lie in a block: runs of slots, each moved by some bytes."""

    runs: tuple[tuple[slice, Offsets], ...]
    """Rows of the plan's columns, and by how many bytes to move them: an array of no dimension,
    whose 8 bytes the sum takes over from it."""

    @classmethod
    def find(cls, offset: Column, block: Block) -> "Places":
        """Find the slots at these file `offset`s, which are ordered, in the parts of `block`."""
        runs: list[tuple[slice, Offsets]] = []
        for part in block.parts:
            first, last = locate(offset, part.start), locate(offset, part.end)
            if first < last:
                runs.append((slice(first, last), np.array(part.at - part.start, np.int64)))
        return cls(tuple(runs))

    def __bool__(self) -> bool:
        return bool(self.runs)

    def at(self, offset: Column) -> Offsets:
        """Return where in the block the slots stand, from their file offsets."""
        return _joined([offset[rows] + moved for rows, moved in self.runs])

    def take(self, column: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return what a column of the plan says of these slots."""
        return _joined([column[rows] for rows, _ in self.runs])


def _joined(parts: list[NDArray[Scalar]]) -> NDArray[Scalar]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class BlockPlaces:
    """All slots of a block by kind."""

    time: Places
    trace_id: Places
    span_id: Places
    profile_id: Places
    foreign: Places
    point_time: Places
    point_start: Places
    count: Places
    amount: Places
    named_traces: range | None
    """The traces that the block names if they are a short range, as in a file of whole traces."""
    timed_traces: range | None
    """The traces that times of the block move with if they are all of a range."""

    @classmethod
    def find(cls, plan: Plan, block: Block) -> "BlockPlaces":
        """Find the slots of `plan` in `block`."""
        trace_id = Places.find(plan.trace_id.offset, block)
        time = Places.find(plan.time.offset, block)
        return cls(
            time=time,
            trace_id=trace_id,
            span_id=Places.find(plan.span_id.offset, block),
            profile_id=Places.find(plan.profile_id.offset, block),
            foreign=Places.find(plan.foreign, block),
            point_time=Places.find(plan.point_time, block),
            point_start=Places.find(plan.point_start.offset, block),
            count=Places.find(plan.count, block),
            amount=Places.find(plan.amount, block),
            named_traces=_short_range(trace_id.take(plan.trace_id.index)) if trace_id else None,
            timed_traces=_whole_range(time.take(plan.time.index)) if time else None,
        )


def _short_range(index: Indices) -> range | None:
    """Return the range of these indices unless that is longer than the list of them."""
    covered = range(int(index.min()), int(index.max()) + 1)
    return covered if len(covered) <= len(index) else None


def _whole_range(index: Indices) -> range | None:
    """Return the range of these indices unless one of it is missing."""
    covered = range(int(index.min()), int(index.max()) + 1)
    return covered if len(covered) == len(np.unique(index)) else None
