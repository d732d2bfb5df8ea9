"""What a span calls that has no spans of its own: a database, a cache, a queue, a host.

The attributes are those of the semantic conventions v1.44, and their predecessors.
"""

from collections.abc import Sequence

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_generator.inspection.model import NodeKind
from telemetry_generator.reading.values import text_of

_CACHES = frozenset({"redis", "memcached", "valkey", "hazelcast", "keydb"})
_TOLD = frozenset(
    {
        "db.system.name",
        "db.system",
        "db.namespace",
        "db.name",
        "messaging.system",
        "messaging.destination.name",
        "peer.service",
        "server.address",
        "net.peer.name",
    }
)
_CALLING = frozenset({Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_PRODUCER, Span.SPAN_KIND_CONSUMER})

Peer = tuple[NodeKind, str]


def peer_of(span: Span) -> Peer | None:
    """Return what a span calls, or takes a message from; None where it does not say."""
    if span.kind not in _CALLING:
        return None
    told = _told(span.attributes)
    if "messaging.system" in told:
        name = told.get("messaging.destination.name")
        return (NodeKind.QUEUE, name) if name else None
    if span.kind != Span.SPAN_KIND_CLIENT:
        return None
    system = told.get("db.system.name") or told.get("db.system")
    if system:
        return _store(system, told.get("db.namespace") or told.get("db.name"))
    host = told.get("peer.service") or told.get("server.address") or told.get("net.peer.name")
    return (NodeKind.EXTERNAL, host) if host else None


def _store(system: str, namespace: str | None) -> Peer:
    kind = NodeKind.CACHE if system in _CACHES else NodeKind.DATABASE
    return kind, f"{system} {namespace}" if namespace else system


def _told(attributes: Sequence[KeyValue]) -> dict[str, str]:
    return {pair.key: text_of(pair.value) for pair in attributes if pair.key in _TOLD}
