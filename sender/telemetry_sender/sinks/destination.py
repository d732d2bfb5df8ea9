"""Where the requests of each signal go, and with which headers, whatever the protocol."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.config.otlp import OtlpConfig
from telemetry_sender.sinks.endpoint import Endpoint
from telemetry_sender.sinks.headers import expand_headers, redactor

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the requests of one signal go."""

    endpoint: Endpoint
    plaintext: bool
    place: str
    """The setting that says so, with the address: what errors call it."""
    is_own: bool
    """Whether the endpoint is that of this signal alone."""
    headers: Headers = field(repr=False)


def destinations(
    otlp: OtlpConfig, signals: Iterable[Signal], environ: Mapping[str, str]
) -> dict[Signal, Destination]:
    """Return the destination of each signal.

    Raises ConfigError for a signal without an endpoint and for a header without its variable.
    """
    return {signal: _destination(otlp, signal, environ) for signal in signals}


def secrets(otlp: OtlpConfig, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what must not be shown of all settings, as pairs of a name and a value.

    These are header values and the queries of URLs. Raises ConfigError like `destinations`.
    """
    found = expand_headers(otlp.headers, environ)
    for signal in Signal:
        found += _headers(otlp, signal, environ)
        endpoint = otlp.endpoint_of(signal)
        if endpoint is not None and endpoint.query:
            found.append(("query", endpoint.query))
    return found


def make_redactor(otlp: OtlpConfig, environ: Mapping[str, str]) -> Callable[[str], str]:
    """Return what removes the secrets from the messages of receivers. Raises ConfigError."""
    return redactor(secrets(otlp, environ))


def described(found: Mapping[Signal, Destination]) -> str:
    """Return one line for users: every address once, and how it is spoken to."""
    lines = (
        f"{each.endpoint.target} {'in plaintext' if each.plaintext else 'over TLS'}"
        for each in found.values()
    )
    return ", ".join(dict.fromkeys(lines))


def _destination(otlp: OtlpConfig, signal: Signal, environ: Mapping[str, str]) -> Destination:
    endpoint = otlp.endpoint_of(signal)
    is_own = otlp.endpoints.of(signal) is not None
    key = f"otlp.endpoints.{signal}" if is_own else "otlp.endpoint"
    if endpoint is None:
        raise ConfigError(key, f"no endpoint for {signal}", "add it")
    return Destination(
        endpoint,
        otlp.is_plaintext(endpoint),
        f"{key} {endpoint.target}",
        is_own,
        tuple(_headers(otlp, signal, environ)),
    )


def _headers(otlp: OtlpConfig, signal: Signal, environ: Mapping[str, str]) -> list[tuple[str, str]]:
    own = otlp.signal_headers.of(signal)
    if own is None:
        return expand_headers(otlp.headers, environ)
    return expand_headers(own, environ, f"otlp.signal_headers.{signal}")
