"""The two sides of a call: who is at the other end of each span, and what it answered."""

from typing import NamedTuple

import numpy as np

from telemetry_generator.draws import I64, Bools
from telemetry_generator.traces.table import ROOT, Kind, Outcome, SpanTable


class Sides(NamedTuple):
    """What each span knows of the other side; columns of shape (n,)."""

    peer: I64
    """The row of the other side: of a SERVER its caller, of a CLIENT its callee; -1 for none."""
    ending: I64
    """How the called side ended: a failing caller tells the code that its callee answered."""
    outside: Bools
    """Whether a request came from outside of the set."""


def find_sides(table: SpanTable) -> Sides:
    """Return the other side of every span."""
    is_server = table.kind == Kind.SERVER
    callee = np.full(len(table), ROOT)
    called = np.flatnonzero(is_server & (table.parent != ROOT))
    callee[table.parent[called]] = called
    callee[table.kind != Kind.CLIENT] = ROOT
    peer = np.where(is_server, table.parent, callee)
    answered = (callee != ROOT) & (table.outcome == Outcome.FAILED)
    ending = np.where(answered, table.outcome[callee], table.outcome)
    return Sides(peer, ending, is_server & (table.parent == ROOT))
