"""Access lines in the combined log format, with the values that the request's span has.

The format is that of the Apache HTTP Server
(https://httpd.apache.org/docs/current/logs.html#combined), without the time, which the record has.
"""

import numpy as np

from telemetry_generator.encode.access_cases import (
    DRAWN,
    case_codes,
    describe_case,
    drawn_values,
    which_drawn,
    with_ids,
)
from telemetry_generator.encode.cells import Cells, Fragments, join
from telemetry_generator.encode.holes import FILLERS, find_holes
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.log_messages import rows_of
from telemetry_generator.logs.table import NONE, Places
from telemetry_generator.semantics.peers import instance_address, user_agent
from telemetry_generator.semantics.pools import OUTSIDE_ADDRESS, RESPONSE_BODY, USER_AGENT
from telemetry_generator.world.model import Topology

_CLIENT, _AGENT, _SIZE = (
    DRAWN.index(pool) for pool in (OUTSIDE_ADDRESS, USER_AGENT, RESPONSE_BODY)
)


class AccessLines:
    """The lines of each kind of request, rendered when it first comes up."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._cases = LazyFragments(self._render, tuple(FILLERS))
        self._drawn: list[list[bool]] = []
        languages = [topology.services[one.service].language for one in topology.instances]
        addresses = [instance_address(one.number) for one in topology.instances]
        # What is not known is a dash, the first of each.
        self._clients = _texts(*OUTSIDE_ADDRESS.values, *addresses)
        self._agents = _texts(*USER_AGENT.values, *map(user_agent, languages))
        self._sizes = _texts(*RESPONSE_BODY.values)

    def texts(self, places: Places) -> list[bytes]:
        """Return the line of each record, in UTF-8."""
        case = self._cases.index(case_codes(places))
        drawn = np.array(self._drawn, np.bool_).reshape(-1, len(DRAWN) + 1)[case]
        client, agent, size = (
            np.where(drawn[:, slot], 1 + drawn_values(slot, places), 0)
            for slot in (_CLIENT, _AGENT, _SIZE)
        )
        inside = drawn[:, -1] & (places.peer != NONE)
        client = np.where(inside, 1 + len(OUTSIDE_ADDRESS.values) + places.peer, client)
        agent = np.where(inside, 1 + len(USER_AGENT.values) + places.peer, agent)
        line = join(
            Cells.pick(self._clients, client),
            with_ids(self._cases, case, places.call),
            Cells.pick(self._sizes, size),
            Cells.constant(len(case), b' "-" "'),
            Cells.pick(self._agents, agent),
            Cells.constant(len(case), b'"'),
        )
        return rows_of(line)

    def _render(self, code: int) -> Rendered:
        """Render the middle of a line: what was asked for, and the status code."""
        described = describe_case(self._topology, code)
        self._drawn.append(which_drawn(described))
        told = dict(described.attributes)
        query = f"?{told['url.query']}" if "url.query" in told else ""
        request = f"{told['http.request.method']} {told['url.path']}{query}"
        version, status = told["network.protocol.version"], told["http.response.status_code"]
        data = f' - - "{request} HTTP/{version}" {status} '.encode()
        return Rendered(data, find_holes(data))


def _texts(*values: object) -> Fragments:
    return Fragments.of([b"-", *(str(value).encode() for value in values)])
