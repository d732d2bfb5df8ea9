"""The OTEL_EXPORTER_OTLP_* variables, as defaults beneath the configuration.

They mean what the OpenTelemetry specification says
(https://opentelemetry.io/docs/specs/otel/protocol/exporter/). A key that the configuration sets
silences its variable: `otlp.endpoint` and `otlp.headers` those of single signals too, since they
speak for all signals.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from telemetry_common.config import ConfigPath, Source
from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.sinks.headers import checked_name, is_sendable

_PREFIX = "OTEL_EXPORTER_OTLP_"
_BOOLEANS = {"true": True, "false": False}

Convert = Callable[[str, str], Any]
"""Takes a variable's name and value; returns what the configuration would hold."""


def with_environment(source: Source, environ: Mapping[str, str]) -> Source:
    """Return `source` with what it leaves open filled from the environment.

    Errors of validation then name the variable. Raises ConfigError for a value that cannot be
    read; like all others, it does not repeat the value. `source` stays as it is.
    """
    given = source.values.get("otlp")
    if not isinstance(given, dict | None):
        return source
    otlp, places = dict(given or {}), dict(source.places)
    for path, variable, value in _settings(environ):
        if not _is_set(given or {}, path):
            _assign(otlp, path, value)
            places["otlp", *path] = variable
    if _is_plaintext(otlp):
        _drop_certificates(otlp, given or {})
    values = {**source.values, "otlp": otlp} if otlp else source.values
    return Source(source.name, values, places)


def _settings(environ: Mapping[str, str]) -> Iterator[tuple[ConfigPath, str, Any]]:
    """Yield path below `otlp`, name and converted value of each variable that is set."""
    for path, name, convert in _KNOWN:
        variable = _PREFIX + name
        # The specification takes an empty variable for one that is not set.
        if text := environ.get(variable, "").strip():
            yield path, variable, convert(variable, text)


def _is_set(given: Mapping[str, Any], path: ConfigPath) -> bool:
    """Tell whether the configuration sets a key, or one that speaks for all signals."""
    if len(path) == 1:
        return given.get(str(path[0])) is not None
    section = given.get(str(path[0]))
    own = section.get(path[1]) if isinstance(section, dict) else section
    return own is not None or given.get(_GENERAL[str(path[0])]) is not None


def _assign(otlp: dict[str, Any], path: ConfigPath, value: Any) -> None:
    if len(path) == 1:
        otlp[str(path[0])] = value
    else:
        otlp[str(path[0])] = {**(otlp.get(str(path[0])) or {}), path[1]: value}


def _is_plaintext(otlp: Mapping[str, Any]) -> bool:
    """Tell whether no endpoint speaks TLS."""
    sections = otlp.get("endpoints")
    own = sections.values() if isinstance(sections, dict) else ()
    endpoints = [str(each) for each in (otlp.get("endpoint"), *own) if each is not None]
    insecure = otlp.get("insecure") is True
    return all(_scheme(each) == "http" or (insecure and not _scheme(each)) for each in endpoints)


def _scheme(endpoint: str) -> str:
    return endpoint.partition("://")[0].lower() if "://" in endpoint else ""


def _drop_certificates(otlp: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Drop what only the environment says of TLS: exporters use it for secure connections alone."""
    for key in ("certificate", "client_certificate", "client_key"):
        if given.get(key) is None:
            otlp.pop(key, None)


def _text(_: str, text: str) -> str:
    return text


def _lower(_: str, text: str) -> str:
    return text.lower()


def _boolean(variable: str, text: str) -> bool:
    if text.lower() not in _BOOLEANS:
        raise ConfigError(variable, "is neither true nor false", "set one of them, or unset it")
    return _BOOLEANS[text.lower()]


def _seconds(variable: str, text: str) -> float:
    if not (text.isascii() and text.isdigit()):
        problem = "is not a whole number of milliseconds"
        raise ConfigError(variable, problem, "write 10000 for ten seconds")
    return int(text) / 1000


def _headers(variable: str, text: str) -> dict[str, str]:
    """Read `k1=v1,k2=v2`, percent-encoded, in the form of W3C Baggage without properties."""
    members = (member.strip() for member in text.split(","))
    return dict(_header(variable, member) for member in members if member)


def _header(variable: str, member: str) -> tuple[str, str]:
    key, separator, coded = member.partition("=")
    name, value = unquote(key.strip()), unquote(coded.strip())
    fix = "write name=value,name=value with values percent-encoded"
    if not separator:
        raise ConfigError(variable, "a header has no '='", fix)
    try:
        checked_name(name)
    except ValueError as error:
        raise ConfigError(variable, f"a name cannot be sent: {error}", fix) from None
    if not is_sendable(value) or "${" in value:
        raise ConfigError(variable, f"the value of {name} is not plain printable ASCII", fix)
    return name.lower(), value


_GENERAL = {"endpoints": "endpoint", "signal_headers": "headers"}
"""By the section of single signals, the key that speaks for all."""

_KNOWN: tuple[tuple[ConfigPath, str, Convert], ...] = (
    (("protocol",), "PROTOCOL", _lower),
    (("endpoint",), "ENDPOINT", _text),
    (("insecure",), "INSECURE", _boolean),
    (("headers",), "HEADERS", _headers),
    (("compression",), "COMPRESSION", _lower),
    (("timeout",), "TIMEOUT", _seconds),
    (("certificate",), "CERTIFICATE", _text),
    (("client_certificate",), "CLIENT_CERTIFICATE", _text),
    (("client_key",), "CLIENT_KEY", _text),
    *((("endpoints", each.value), f"{each.value.upper()}_ENDPOINT", _text) for each in Signal),
    *(
        (("signal_headers", each.value), f"{each.value.upper()}_HEADERS", _headers)
        for each in Signal
    ),
)
