"""The URL that the requests of a signal go to.

A base endpoint gets the signal's path appended; the endpoint of a single signal is used as it is,
and without a path it means the root (https://opentelemetry.io/docs/specs/otel/protocol/exporter/
#endpoint-urls-for-otlphttp). Only written without a scheme, it is no URL and gets the path.
"""

from telemetry_common.signals import Signal
from telemetry_sender.sinks.destination import Destination

PATHS = {
    Signal.TRACES: "/v1/traces",
    Signal.METRICS: "/v1/metrics",
    Signal.LOGS: "/v1/logs",
    Signal.PROFILES: "/v1development/profiles",
}

# Behind a Unix socket there is no host to name.
_SOCKET_HOST = "localhost"


def request_url(signal: Signal, to: Destination) -> str:
    """Return the URL that requests of `signal` are posted to."""
    endpoint = to.endpoint
    scheme = "http" if to.plaintext else "https"
    host = endpoint.target if endpoint.socket_path is None else _SOCKET_HOST
    query = f"?{endpoint.query}" if endpoint.query else ""
    return f"{scheme}://{host}{_path(signal, to)}{query}"


def _path(signal: Signal, to: Destination) -> str:
    path = to.endpoint.path
    if to.is_own and to.endpoint.plaintext is not None:
        return path or "/"
    return path.rstrip("/") + PATHS[signal]
