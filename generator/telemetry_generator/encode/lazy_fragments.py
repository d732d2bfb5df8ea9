"""A table of fragments that grows: each is rendered when a row first needs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Fragments


@dataclass(frozen=True, slots=True)
class Rendered:
    """A fragment and the offsets of its holes."""

    data: bytes
    holes: dict[str, int] = field(default_factory=dict)


class LazyFragments:
    """Fragments by code; `render` makes the one of a code, always with the same names of holes."""

    def __init__(self, render: Callable[[int], Rendered]) -> None:
        self._render = render
        self._places: dict[int, int] = {}
        self._rendered: list[Rendered] = []
        self._table = Fragments.of([])

    @property
    def table(self) -> Fragments:
        """All fragments rendered so far."""
        if len(self._table.items) != len(self._rendered):
            self._table = _table_of(self._rendered)
        return self._table

    def index(self, codes: I64) -> I64:
        """Return the place of each code in the table, which grows by what is new."""
        distinct, inverse = np.unique(codes, return_inverse=True)
        places = [self._place(code) for code in distinct.tolist()]
        return np.array(places, np.int64)[inverse]

    def _place(self, code: int) -> int:
        place = self._places.get(code)
        if place is None:
            place = self._places[code] = len(self._rendered)
            self._rendered.append(self._render(code))
        return place


def _table_of(rendered: Sequence[Rendered]) -> Fragments:
    holes: dict[str, Sequence[int]] = {
        name: [item.holes[name] for item in rendered] for name in rendered[0].holes
    }
    return Fragments.of([item.data for item in rendered], holes)
