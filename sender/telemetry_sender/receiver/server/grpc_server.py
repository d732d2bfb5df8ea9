"""OTLP/gRPC: raw bytes to the reception, its answers back; gRPC stays inside this module."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn, TypeAlias

import grpc

from telemetry_common.signals import Signal
from telemetry_sender.receiver.address import Address, TcpAddress, UnixAddress
from telemetry_sender.receiver.answers import (
    ACCEPTED,
    GARBAGE_BYTES,
    Answer,
    Garbage,
    PartlyAccepted,
    Refused,
)
from telemetry_sender.receiver.faults.plan import Ruling
from telemetry_sender.receiver.payloads import partial_success
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.server import GRACE_SECONDS
from telemetry_sender.receiver.server.error_status import error_status
from telemetry_sender.receiver.server.severing import sever
from telemetry_sender.receiver.server.sockets import cannot_listen, probe, release
from telemetry_sender.receiver.server.tls import Tls
from telemetry_sender.receiver.services import EXPORT, SERVICES

OPTION = "--grpc"

# An Export response without fields: everything was accepted (OTLP specification, full success).
_FULL_SUCCESS = b""
# Where gRPC clients look for a google.rpc.Status.
_STATUS_DETAILS = "grpc-status-details-bin"

_CODES = {code.value[0]: code for code in grpc.StatusCode}

# Quoted, because only the type stubs make it generic.
_Context: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"
_Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"
_Export = Callable[[bytes, _Context], Awaitable[bytes]]
_LateExport = Callable[[AsyncIterator[bytes], _Context], Awaitable[bytes]]


@asynccontextmanager
async def serving_grpc(
    reception: Reception, address: Address, max_message_bytes: int, tls: Tls | None = None
) -> AsyncIterator[Address]:
    """Serve OTLP/gRPC into `reception`, and yield the bound address.

    At the end, requests in flight get GRACE_SECONDS to finish. Raises RunError when the address
    cannot be bound.
    """
    server = grpc.aio.server(options=_options(max_message_bytes))
    server.add_generic_rpc_handlers([_service(reception, *each) for each in SERVICES.items()])
    bound = _bind(server, address, tls)
    await server.start()
    try:
        yield bound
    finally:
        await server.stop(GRACE_SECONDS)
        release(address)


def _options(max_message_bytes: int) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", max_message_bytes),
        # Two servers on one port would share the requests, and both would report losses.
        ("grpc.so_reuseport", 0),
    ]


def _bind(server: grpc.aio.Server, address: Address, tls: Tls | None) -> Address:
    probe(OPTION, address)
    try:
        if tls is None:
            port = server.add_insecure_port(str(address))
        else:
            port = server.add_secure_port(str(address), _credentials(tls))
    except RuntimeError as error:
        raise cannot_listen(OPTION, address, str(error)) from None
    return address if isinstance(address, UnixAddress) else TcpAddress(address.host, port)


def _credentials(tls: Tls) -> grpc.ServerCredentials:
    return grpc.ssl_server_credentials(
        [(tls.key, tls.certificate)],
        root_certificates=tls.client_authorities,
        require_client_auth=tls.client_authorities is not None,
    )


def _service(reception: Reception, name: str, signal: Signal) -> grpc.GenericRpcHandler:
    """Return the service of one signal; without a deserializer, requests stay raw bytes."""
    handler: _Handler = (
        # On the wire the two are the same; this one may leave the request unread.
        grpc.stream_unary_rpc_method_handler(_late_export(reception, signal))
        if reception.slow_reads
        else grpc.unary_unary_rpc_method_handler(_export(reception, signal))
    )
    return grpc.method_handlers_generic_handler(name, {EXPORT: handler})


def _export(reception: Reception, signal: Signal) -> _Export:
    async def export(payload: bytes, context: _Context) -> bytes:
        ruling = reception.rule(signal)
        return await _answered(reception, signal, payload, ruling, context)

    return export


def _late_export(reception: Reception, signal: Signal) -> _LateExport:
    async def export(requests: AsyncIterator[bytes], context: _Context) -> bytes:
        ruling = reception.rule(signal)
        await asyncio.sleep(ruling.unread_seconds)
        payload = await anext(requests, b"")
        return await _answered(reception, signal, payload, ruling, context)

    return export


async def _answered(
    reception: Reception, signal: Signal, payload: bytes, ruling: Ruling, context: _Context
) -> bytes:
    answer = await reception.answer(signal, payload, ruling)
    return _FULL_SUCCESS if answer is ACCEPTED else await _written(signal, answer, context)


async def _written(signal: Signal, answer: Answer, context: _Context) -> bytes:
    """Return the response of an answer; aborts the call where there is none."""
    match answer:
        case PartlyAccepted(rejected, message):
            return partial_success(signal, rejected, message).SerializeToString()
        case Garbage():
            return GARBAGE_BYTES
        case Refused():
            return await _refuse(answer, context)
        case _:
            return await _sever(context)


async def _sever(context: _Context) -> NoReturn:
    sever(context.peer())
    await context.abort(grpc.StatusCode.UNAVAILABLE, "the connection is closed")


async def _refuse(refused: Refused, context: _Context) -> NoReturn:
    details = ((_STATUS_DETAILS, error_status(refused).SerializeToString()),)
    await context.abort(
        _CODES[refused.status.code],
        refused.message,
        trailing_metadata=() if refused.retry_after is None else details,
    )
