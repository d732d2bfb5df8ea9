"""Answers in the words of HTTP."""

import math

from aiohttp.web import Response

from telemetry_common.signals import Signal
from telemetry_sender.receiver.answers import (
    GARBAGE_BYTES,
    Accepted,
    Answer,
    Garbage,
    PartlyAccepted,
    Refused,
)
from telemetry_sender.receiver.payloads import partial_success
from telemetry_sender.receiver.server.error_status import error_status
from telemetry_sender.receiver.server.http_request import NOT_ALLOWED
from telemetry_sender.receiver.server.media import Media


def response(signal: Signal, media: Media, answer: Answer) -> Response:
    """Return the response for an answer, in the media type of the request."""
    match answer:
        case Accepted():
            return _response(media, media.full_success)
        case PartlyAccepted(rejected, message):
            return _response(media, media.written(partial_success(signal, rejected, message)))
        case Garbage():
            return _response(media, GARBAGE_BYTES)
        case Refused():
            return refusal(media, answer)
        case severed:
            raise AssertionError(f"{severed} is no response")


def refusal(media: Media, refused: Refused) -> Response:
    """Return the response for an error."""
    answered = _response(media, media.written(error_status(refused)), refused.status.http)
    if refused.retry_after is not None:
        # HTTP knows whole seconds only (RFC 9110, section 10.2.3).
        answered.headers["Retry-After"] = str(math.ceil(refused.retry_after))
    if refused.status is NOT_ALLOWED:
        answered.headers["Allow"] = "POST"
    return answered


def _response(media: Media, body: bytes, status: int = 200) -> Response:
    return Response(body=body, status=status, headers={"Content-Type": media.value})
