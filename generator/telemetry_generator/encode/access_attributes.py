"""Attributes of access logs: those of the request's span that an HTTP server knows."""

import numpy as np

from telemetry_generator.encode.access_cases import (
    DRAWN,
    POOL_NUMBERS,
    case_codes,
    describe_case,
    sources,
    which_drawn,
    with_ids,
)
from telemetry_generator.encode.cells import Cells, join
from telemetry_generator.encode.holes import FILLERS, find_holes
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.span_pools import PeerTable, PoolTable
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.logs.table import Places
from telemetry_generator.semantics.description import Peer
from telemetry_generator.world.model import Topology

_KEYS = frozenset(
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.path",
        "url.query",
        "url.scheme",
        *(pool.key for pool in DRAWN),
    }
)


class AccessAttributes:
    """The attributes of each kind of request, rendered when it first comes up."""

    def __init__(self, number: int, topology: Topology, pools: PoolTable) -> None:
        """Render attributes as the repeated field `number` of a message, like those of `pools`."""
        self._number = number
        self._topology = topology
        self._cases = LazyFragments(self._render, tuple(FILLERS))
        self._drawn: list[list[bool]] = []
        self._pools = pools
        self._peers = PeerTable(number, topology)

    def cells(self, places: Places) -> Cells:
        """Return the attributes of each record."""
        case = self._cases.index(case_codes(places))
        drawn = np.array(self._drawn, np.int64).reshape(-1, len(DRAWN) + 1)[case]
        bits = sources(places)
        return join(
            with_ids(self._cases, case, places.call),
            *(
                self._pools.pick(drawn[:, slot] * number, bits)
                for slot, number in enumerate(POOL_NUMBERS)
            ),
            self._peers.pick(drawn[:, -1] * Peer.CALLER_AGENT, places.peer),
        )

    def _render(self, code: int) -> Rendered:
        described = describe_case(self._topology, code)
        self._drawn.append(which_drawn(described))
        told = (pair for pair in described.attributes if pair[0] in _KEYS)
        data = attribute_bytes(self._number, told)
        return Rendered(data, find_holes(data))
