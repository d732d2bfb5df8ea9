"""Which spans have an error status, as their descriptions say."""

import numpy as np

from telemetry_generator.draws import I64, Bools
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case, Description
from telemetry_generator.traces.table import Kind, Outcome, SpanTable
from telemetry_generator.world.model import Topology

_KINDS = len(Kind) + 1
_OUTCOMES = len(Outcome)


class ErrorStatuses:
    """The cases of spans, by operation, kind and outcome; each is described only once."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._known: dict[int, bool] = {}

    def among(self, spans: SpanTable, outcome: I64, rows: I64) -> Bools:
        """Return which of these rows do: a server, for example, is not to blame for a 4xx."""
        codes = (spans.operation[rows] * _KINDS + spans.kind[rows]) * _OUTCOMES + outcome[rows]
        cases, index = np.unique(codes, return_inverse=True)
        return np.array([self._is_error(case) for case in cases.tolist()], np.bool_)[index]

    def _is_error(self, code: int) -> bool:
        if code not in self._known:
            self._known[code] = self._describe(code).error is not None
        return self._known[code]

    def _describe(self, code: int) -> Description:
        code, outcome = divmod(code, _OUTCOMES)
        number, kind = divmod(code, _KINDS)
        operation = self._topology.operations[number]
        service = self._topology.services[operation.service]
        return describe(Case(operation, service, Kind(kind), Outcome(outcome)))
