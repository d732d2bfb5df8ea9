"""The scopes that spans stand under: each is rendered once."""

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Fragments
from telemetry_generator.semantics.scopes import Scope, scope_of
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Protocol, Topology

_PROTOCOLS = tuple(Protocol)


class ScopeTable:
    """The scopes that come up, and which one each service uses for each protocol."""

    def __init__(self, topology: Topology) -> None:
        self._protocols = np.array(
            [_PROTOCOLS.index(operation.protocol) for operation in topology.operations], np.int64
        )
        places: dict[Scope, int] = {}
        self._numbers = np.array(
            [
                [
                    places.setdefault(scope_of(service.language, each), len(places))
                    for each in Protocol
                ]
                for service in topology.services
            ],
            np.int64,
        )
        self.fragments = Fragments.of([_rendered(scope) for scope in places])
        """How a `ScopeSpans` of each scope begins."""

    @property
    def count(self) -> int:
        """How many scopes there are."""
        return len(self.fragments.items)

    def numbers(self, table: SpanTable) -> I64:
        """Return the scope of every row of a table, an index into `fragments`."""
        numbers: I64 = self._numbers[table.service, self._protocols[table.operation]]
        return numbers


def _rendered(scope: Scope) -> bytes:
    message = InstrumentationScope(name=scope.name, version=scope.version)
    return ScopeSpans(scope=message).SerializeToString(deterministic=True)
