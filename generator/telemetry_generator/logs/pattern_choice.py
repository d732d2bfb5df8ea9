"""Which message a record carries: by its type, its severity, and who writes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools
from telemetry_generator.logs.choices import Choices
from telemetry_generator.logs.patterns import Pattern
from telemetry_generator.logs.severity import SEVERITIES, Severity
from telemetry_generator.world.model import Topology

_OWN_WEIGHT = 3
"""How much rather a service writes what only services like it write."""


@dataclass(frozen=True, slots=True, eq=False)
class PatternChoice:
    """The patterns of one type, listed by kind of writer, severity, and whether they are events."""

    kinds: I64
    """The kind of writer that each service is; the last is that of hosts."""
    lists: Choices
    """Indices of patterns: list `(kind * severities + severity) * 2 + is_event`."""

    @classmethod
    def of(cls, patterns: Sequence[Pattern], log_type: str, topology: Topology) -> Self:
        """List the patterns of a type; writers that the same ones fit are of one kind."""
        numbered = [(at, one) for at, one in enumerate(patterns) if one.type == log_type]
        names = [(service.name.lower(), service.kind.value) for service in topology.services]
        kinds: dict[tuple[bool, ...], int] = {}
        numbers = [
            kinds.setdefault(tuple(one.is_written_by(*name) for _, one in numbered), len(kinds))
            for name in (*names, ())
        ]
        lists = [
            _chosen(numbered, fitting, severity, is_event=is_event)
            for fitting in kinds
            for severity in SEVERITIES
            for is_event in (False, True)
        ]
        return cls(np.array(numbers, np.int64), Choices.of(lists))

    def pick(self, services: I64, severities: I64, events: Bools, draws: U64) -> I64:
        """Return a pattern for each record; `services` holds -1 for hosts."""
        return self.lists.pick(
            (self.kinds[services] * len(SEVERITIES) + severities) * 2 + events, draws
        )


def _chosen(
    numbered: Sequence[tuple[int, Pattern]],
    fitting: Sequence[bool],
    severity: Severity,
    *,
    is_event: bool,
) -> list[int]:
    """Return the patterns of a severity that fit a writer, those of its own several times.

    Where there are only events, or none, they stand in for the others; where nothing fits the
    writer, all of the severity do.
    """
    able = [(at, one) for at, one in numbered if one.fits(severity)]
    fit = {at for (at, _), fits in zip(numbered, fitting, strict=True) if fits}
    able = [each for each in able if each[0] in fit] or able
    able = [each for each in able if bool(each[1].event) is is_event] or able
    return [at for at, one in able for _ in range(_OWN_WEIGHT if one.services else 1)]
