"""Request headers: environment variables filled in, names checked, values kept secret.

Every header value counts as a secret, because most of them are.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from telemetry_common.errors import ConfigError
from telemetry_sender.sinks.endpoint import MASK

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
# gRPC over HTTP/2: Header-Name is 1*( %x30-39 / %x61-7A / "_" / "-" / ".").
_NAME = re.compile(r"[0-9a-z_.-]+")
# The same grammar allows values of printable ASCII; spaces at the ends would get lost.
_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")
# They describe the body and the connection, or name the host, which otlp.server_name does.
_OF_THE_PROTOCOL = {
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
}
# Shorter words occur by chance; masking them would garble messages and protect nothing.
_MIN_SECRET = 4


def checked_name(name: str) -> str:
    """Return a header name in lower case; raises ValueError when gRPC would refuse it."""
    lower = name.lower()
    if not _NAME.fullmatch(lower):
        raise ValueError("header names have letters, digits, '-', '_' and '.' only")
    if lower.startswith("grpc-") or lower == "te":
        raise ValueError("this header name is reserved by gRPC")
    if lower in _OF_THE_PROTOCOL:
        raise ValueError("this header is the protocol's own")
    if lower.endswith("-bin"):
        raise ValueError("binary headers (-bin) are not supported")
    return lower


def checked_text(text: str) -> str:
    """Return a header value as written; raises ValueError for a broken `${NAME}`."""
    if "${" in _PLACEHOLDER.sub("", text):
        raise ValueError("write environment variables as ${NAME}")
    return text


def is_sendable(value: str) -> bool:
    """Tell whether a header can carry this value unchanged."""
    return not value or _VALUE.fullmatch(value) is not None


def expand_headers(
    headers: Mapping[str, str], environ: Mapping[str, str], key: str = "otlp.headers"
) -> list[tuple[str, str]]:
    """Return names in lower case with `${NAME}` replaced by the environment's value.

    `key` is the setting that they stand under. Raises ConfigError naming the header and the
    variable, never a value.
    """
    return [
        (checked_name(name), _expanded(f"{key}.{name}", text, environ))
        for name, text in headers.items()
    ]


def _expanded(place: str, text: str, environ: Mapping[str, str]) -> str:
    for variable in _PLACEHOLDER.findall(text):
        if not environ.get(variable):
            problem = f"environment variable {variable} is not set"
            raise ConfigError(place, problem, f"export {variable}")
    value = _PLACEHOLDER.sub(lambda match: environ[match[1]], text)
    if not is_sendable(value):
        raise ConfigError(
            place, "the value is not printable ASCII", "remove spaces at the ends and line breaks"
        )
    return value


def masked_text(text: str) -> str:
    """Return a header value with everything but its `${NAME}` placeholders masked."""
    parts = re.split(r"(\$\{[A-Za-z0-9_]+\})", text)
    return "".join(part if _PLACEHOLDER.fullmatch(part) else MASK for part in parts if part)


def redactor(headers: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """Return a function that masks all values of expanded `headers`, and their words, in a text."""
    values = [value for _, value in headers]
    words = {word for value in values for word in (value, *value.split())}
    secrets = sorted((word for word in words if len(word) >= _MIN_SECRET), key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, secrets)))
    return (lambda text: pattern.sub(MASK, text)) if secrets else str
