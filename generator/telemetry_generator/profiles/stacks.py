"""All stacks of a set, numbered, and which of them each service and each operation has."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, compress
from typing import Self

import numpy as np

from telemetry_generator.config.profiles import StacksConfig
from telemetry_generator.draws import I64
from telemetry_generator.profiles.call_tree import CallTree, Stack
from telemetry_generator.profiles.frames import Frame
from telemetry_generator.world.model import Topology


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Stacks by owner, the hottest first: those of owner i are `members[first[i]:first[i + 1]]`."""

    members: I64
    first: I64
    """Shape (owners + 1,)."""

    @classmethod
    def of(cls, groups: Iterable[Sequence[int]]) -> Self:
        """Take the stacks of owners 0, 1, …."""
        listed = [list(group) for group in groups]
        first = [0, *accumulate(map(len, listed))]
        return cls(np.array(list(chain.from_iterable(listed)), np.int64), np.array(first, np.int64))

    def group(self, owner: int) -> I64:
        """Return the stacks of one owner."""
        return self.members[self.first[owner] : self.first[owner + 1]]

    def counts(self, owners: I64) -> I64:
        """Return how many stacks each of `owners` has."""
        counts: I64 = self.first[owners + 1] - self.first[owners]
        return counts


@dataclass(frozen=True, slots=True, eq=False)
class StackTable:
    """The stacks of all services."""

    stacks: tuple[tuple[Frame, ...], ...]
    """Different ones; frames from the innermost on."""
    by_service: Groups
    by_operation: Groups
    """All stacks of an operation's service, those of the operation itself first."""
    own: I64
    """How many are those of the operation itself, shape (operations,)."""

    @classmethod
    def of(cls, topology: Topology, config: StacksConfig, seed: int) -> Self:
        """Make the stacks of every service that runs code of its own."""
        trees = [
            [] if service.is_silent else CallTree(service, topology, config, seed).stacks()
            for service in topology.services
        ]
        numbers: dict[tuple[Frame, ...], int] = {}
        numbered = [
            [numbers.setdefault(stack.frames, len(numbers)) for stack in tree] for tree in trees
        ]
        operations = [
            _of_operation(operation.number, trees[operation.service], numbered[operation.service])
            for operation in topology.operations
        ]
        by_operation = Groups.of([*own, *others] for own, others in operations)
        own = np.array([len(own) for own, _ in operations], np.int64)
        return cls(tuple(numbers), Groups.of(numbered), by_operation, own)


def _of_operation(
    operation: int, stacks: Sequence[Stack], numbers: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the stacks of an operation, and the others of its service."""
    is_own = [stack.operation == operation for stack in stacks]
    others = [not each for each in is_own]
    return list(compress(numbers, is_own)), list(compress(numbers, others))
