"""What stands in front of a value in a binary record, and the keys that are written as numbers."""

from enum import IntEnum


class Tag(IntEnum):
    """The type of a value: one byte in front of it."""

    BOOL = 0
    """One byte, 0 or 1."""
    SIGNED = 1
    """Signed LEB128."""
    UNSIGNED = 2
    """Unsigned LEB128."""
    REAL = 3
    """A double of IEEE 754, 8 bytes, little-endian."""
    TEXT = 4
    """Length in bytes as unsigned LEB128, then UTF-8."""
    BYTES = 5
    """Length as unsigned LEB128, then the bytes; ids too."""
    LIST = 6
    """Number of elements as unsigned LEB128, then each with its tag."""
    MAP = 7
    """Number of entries as unsigned LEB128, then each: key, tag, value."""
    NULL = 8
    """Nothing."""


WRITTEN_OUT = 0
"""A key that is none of the numbered ones: its length and its UTF-8 follow."""

_COMMON_ATTRIBUTES = (
    "client.address",
    "cloud.availability_zone",
    "cloud.platform",
    "cloud.provider",
    "cloud.region",
    "container.id",
    "db.collection.name",
    "db.namespace",
    "db.operation.name",
    "db.query.summary",
    "db.query.text",
    "db.system.name",
    "deployment.environment.name",
    "error.type",
    "exception.message",
    "exception.stacktrace",
    "exception.type",
    "host.id",
    "host.name",
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "k8s.cluster.name",
    "k8s.container.name",
    "k8s.deployment.name",
    "k8s.namespace.name",
    "k8s.node.name",
    "k8s.pod.name",
    "k8s.pod.uid",
    "messaging.destination.name",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.system",
    "network.peer.address",
    "network.peer.port",
    "network.protocol.name",
    "network.protocol.version",
    "rpc.method",
    "rpc.response.status_code",
    "rpc.system.name",
    "server.address",
    "server.port",
    "service.instance.id",
    "service.name",
    "service.namespace",
    "service.version",
    "telemetry.sdk.language",
    "telemetry.sdk.name",
    "telemetry.sdk.version",
    "thread.id",
    "thread.name",
    "url.full",
    "url.path",
    "url.query",
    "url.scheme",
    "user_agent.original",
)

_FIELDS = (
    "attributes",
    "body",
    "bucket_counts",
    "count",
    "counts",
    "description",
    "end",
    "event_name",
    "events",
    "exemplars",
    "explicit_bounds",
    "flags",
    "is_monotonic",
    "kind",
    "links",
    "max",
    "metric",
    "min",
    "name",
    "negative",
    "observed_time",
    "offset",
    "parent_span_id",
    "positive",
    "quantiles",
    "resource",
    "scale",
    "scope",
    "severity_number",
    "severity_text",
    "span_id",
    "start",
    "status_code",
    "status_message",
    "sum",
    "temporality",
    "time",
    "trace_id",
    "trace_state",
    "unit",
    "value",
    "version",
    "zero_count",
    "zero_threshold",
)

KEYS = (*_FIELDS, *_COMMON_ATTRIBUTES)
"""Key n of a file is `KEYS[n - 1]`: all of them stand in the file's header."""
