"""The store that a request is about, as attributes of SERVER spans."""

import numpy as np

from telemetry_common.ids import derive_key
from telemetry_generator.draws import I64, below, draw
from telemetry_generator.encode.cells import Fragments
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.traces.table import Kind, SpanTable
from telemetry_generator.world.model import Topology

_REGIONS = ("north", "east", "south", "west")
_STORES = 40
_STORE = derive_key(0, "acme.store")
"""The purpose of a draw; a name of one's own keeps it apart from the generator's draws."""


class StoreAttributes:
    """Gives every SERVER span one of 40 stores, and other spans nothing."""

    keys = frozenset({"app.store.number", "app.store.region"})

    def __init__(self) -> None:
        stores = [_rendered(number) for number in range(_STORES)]
        self._fragments = Fragments.of([b"", *stores])

    def column(self, table: SpanTable, _: Topology) -> tuple[Fragments, I64]:
        """Return nothing and the stores, and which of them each span gets; shape (n,)."""
        store = below(draw(table.key, _STORE), _STORES)
        return self._fragments, np.where(table.kind == Kind.SERVER, 1 + store, 0)


def _rendered(number: int) -> bytes:
    region = _REGIONS[number % len(_REGIONS)]
    return attribute_bytes(
        SPAN_ATTRIBUTES, [("app.store.number", number), ("app.store.region", region)]
    )
