"""What an HTTP request asks for, and its body: read and unpacked within the limit."""

from dataclasses import dataclass

from aiohttp.web import BaseRequest, RequestPayloadError

from telemetry_common.signals import Signal
from telemetry_sender.receiver.answers import Refused
from telemetry_sender.receiver.server.compression import (
    ENCODINGS,
    DamagedError,
    TooLargeError,
    unpack,
)
from telemetry_sender.receiver.server.media import Media, find_media
from telemetry_sender.receiver.statuses import Code, Status

PATHS = {
    "/v1/traces": Signal.TRACES,
    "/v1/metrics": Signal.METRICS,
    "/v1/logs": Signal.LOGS,
    "/v1development/profiles": Signal.PROFILES,
}

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

NOT_FOUND = Status(Code.UNIMPLEMENTED, 404)
NOT_ALLOWED = Status(Code.UNIMPLEMENTED, 405)
TOO_LARGE = Status(Code.RESOURCE_EXHAUSTED, 413)
UNSUPPORTED = Status(Code.INVALID_ARGUMENT, 415)
BAD_REQUEST = Status(Code.INVALID_ARGUMENT, 400)


class RefusedError(Exception):
    """The request is not one that the reception could take."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.refused = Refused(status, message)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the head of a request says of its body."""

    signal: Signal
    media: Media
    encoding: str


def envelope(request: BaseRequest) -> Envelope:
    """Read the head of a request. Raises RefusedError."""
    signal = PATHS.get(request.path)
    if signal is None:
        known = ", ".join(PATHS)
        raise RefusedError(NOT_FOUND, f"no OTLP path; there are {known}")
    if request.method != "POST":
        raise RefusedError(NOT_ALLOWED, f"{request.method} is not POST")
    headers = request.headers
    media = find_media(headers.get("Content-Type", ""))
    if media is None:
        raise RefusedError(UNSUPPORTED, f"Content-Type is not one of {', '.join(Media)}")
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ENCODINGS:
        raise RefusedError(UNSUPPORTED, f"Content-Encoding is not one of {', '.join(ENCODINGS)}")
    return Envelope(signal, media, encoding)


async def content(request: BaseRequest, encoding: str, limit: int) -> bytes:
    """Return the body as it was before its encoding, at most `limit` bytes. Raises RefusedError."""
    try:
        return unpack(encoding, await _body(request, limit), limit)
    except TooLargeError:
        raise RefusedError(TOO_LARGE, f"more than {limit:,} bytes") from None
    except RequestPayloadError as error:
        raise RefusedError(BAD_REQUEST, f"not a sound HTTP body: {error}") from None
    except DamagedError as error:
        raise RefusedError(BAD_REQUEST, f"not sound {encoding} data: {error}") from None


async def _body(request: BaseRequest, limit: int) -> bytes:
    if (request.content_length or 0) > limit:
        raise TooLargeError
    if "Expect" in request.headers:
        await _invite(request)
    size = 0
    chunks = []
    while chunk := await request.content.readany():
        size += len(chunk)
        if size > limit:
            raise TooLargeError
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _invite(request: BaseRequest) -> None:
    """Tell a client that waits for it (RFC 9110, section 10.1.1) to send the body."""
    writer = request.writer
    await writer.write(_CONTINUE)
    # The response itself has not begun.
    writer.output_size = 0
