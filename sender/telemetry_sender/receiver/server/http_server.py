"""OTLP/HTTP: bodies to the reception, its answers back; aiohttp stays beside this module."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp.http import HttpProcessingError
from aiohttp.web import BaseRequest, Response, Server

from telemetry_sender.receiver.address import Address
from telemetry_sender.receiver.answers import Answer, Severed
from telemetry_sender.receiver.faults.plan import Ruling
from telemetry_sender.receiver.intake import UndecodableError
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.server import GRACE_SECONDS
from telemetry_sender.receiver.server.http_request import (
    Envelope,
    RefusedError,
    content,
    envelope,
)
from telemetry_sender.receiver.server.http_response import refusal, response
from telemetry_sender.receiver.server.json_body import to_protobuf
from telemetry_sender.receiver.server.media import Media, find_media
from telemetry_sender.receiver.server.sockets import bound_address, listening_socket, release
from telemetry_sender.receiver.server.tls import Tls

OPTION = "--http"

# A request of usual size fits, so that reading it is not paused; a slow reader buffers little.
_BUFFER_BYTES = 1 << 20
_SLOW_BUFFER_BYTES = 1 << 14


@asynccontextmanager
async def serving_http(
    reception: Reception,
    address: Address,
    max_message_bytes: int,
    tls: Tls | None = None,
    *,
    decode: bool = True,
) -> AsyncIterator[Address]:
    """Serve OTLP/HTTP into `reception`, and yield the bound address.

    `decode` makes protobuf of JSON, which an intake that only counts has no need of. At the end,
    requests in flight get GRACE_SECONDS to finish. Raises RunError when the address cannot be
    bound.
    """
    handler = _Handler(reception, max_message_bytes, decode=decode)
    server = Server(
        handler.handle,
        # A request whose client has gone is not taken.
        handler_cancellation=True,
        access_log=None,
        logger=_logger(),
        auto_decompress=False,
        read_bufsize=_SLOW_BUFFER_BYTES if reception.slow_reads else _BUFFER_BYTES,
    )
    listening = listening_socket(OPTION, address)
    context = None if tls is None else tls.context
    accepting = await asyncio.get_running_loop().create_server(server, sock=listening, ssl=context)
    try:
        yield bound_address(address, listening)
    finally:
        accepting.close()
        await server.shutdown(GRACE_SECONDS)
        release(address)


def _logger() -> logging.Logger:
    """Return where aiohttp reports what goes wrong here; what clients do wrong is answered."""
    logger = logging.getLogger(__name__)
    logger.addFilter(_is_own_fault)
    return logger


def _is_own_fault(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


class _Handler:
    def __init__(self, reception: Reception, max_message_bytes: int, *, decode: bool) -> None:
        self._reception = reception
        self._limit = max_message_bytes
        self._decode = decode

    async def handle(self, request: BaseRequest) -> Response:
        """Answer one request."""
        try:
            head = envelope(request)
            return await self._receive(request, head)
        except RefusedError as error:
            media = find_media(request.headers.get("Content-Type", "")) or Media.PROTOBUF
            return refusal(media, error.refused)

    async def _receive(self, request: BaseRequest, head: Envelope) -> Response:
        ruling = self._reception.rule(head.signal)
        if ruling.unread_seconds:
            await asyncio.sleep(ruling.unread_seconds)
        body = await content(request, head.encoding, self._limit)
        answer = await self._answer(head, body, ruling)
        if isinstance(answer, Severed):
            return _sever(request)
        return response(head.signal, head.media, answer)

    async def _answer(self, head: Envelope, body: bytes, ruling: Ruling) -> Answer:
        payload = body
        if head.media is Media.JSON and self._decode:
            try:
                payload = to_protobuf(head.signal, body)
            except UndecodableError as error:
                return self._reception.refuse_undecodable(head.signal, str(error))
        return await self._reception.answer(head.signal, payload, ruling)


def _sever(request: BaseRequest) -> Response:
    if request.transport is not None:
        request.transport.abort()
    # aiohttp wants a response, and finds that there is nobody left to have it.
    return Response()
