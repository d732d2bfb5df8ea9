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
    """Fragments by code; `render` makes the one of a code, which may have some of the `holes`."""

    def __init__(self, render: Callable[[int], Rendered], holes: Sequence[str] = ()) -> None:
        self._render = render
        self._holes = holes
        self._places: dict[int, int] = {}
        self._rendered: list[Rendered] = []
        self._table = Fragments.of([], dict.fromkeys(holes, ()))

    @property
    def table(self) -> Fragments:
        """All fragments rendered so far."""
        if len(self._table.items) != len(self._rendered):
            self._table = _table_of(self._rendered, self._holes)
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


def _table_of(rendered: Sequence[Rendered], names: Sequence[str]) -> Fragments:
    items = [item.data for item in rendered]
    return Fragments.of(
        items, {name: [item.holes.get(name, -1) for item in rendered] for name in names}
    )
