"""The OTLP server: raw bytes in, an intake's verdict out; gRPC stays inside this module."""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

import grpc

from telemetry_common.errors import RunError
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import Intake, UndecodableError
from telemetry_sender.receiver.services import EXPORT, SERVICES

GRACE_SECONDS = 5.0

# An Export response without fields: everything was accepted (OTLP specification, full success).
_FULL_SUCCESS = b""

# Quoted, because only the type stubs make it generic.
_Context: TypeAlias = "grpc.aio.ServicerContext[bytes, bytes]"
_Handler: TypeAlias = "grpc.RpcMethodHandler[bytes, bytes]"
_Export = Callable[[bytes, _Context], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@asynccontextmanager
async def listening(
    intake: Intake, address: Address, max_message_bytes: int
) -> AsyncIterator[Address]:
    """Serve OTLP into `intake`, and yield the bound address.

    At the end, requests in flight get GRACE_SECONDS to finish. Raises RunError when the address
    cannot be bound.
    """
    server = grpc.aio.server(options=_options(max_message_bytes))
    server.add_generic_rpc_handlers([_service(intake, *each) for each in SERVICES.items()])
    port = _bind(server, address)
    await server.start()
    try:
        yield Address(address.host, port)
    finally:
        await server.stop(GRACE_SECONDS)


def _options(max_message_bytes: int) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", max_message_bytes),
        # Two servers on one port would share the requests, and both would report losses.
        ("grpc.so_reuseport", 0),
    ]


def _bind(server: grpc.aio.Server, address: Address) -> int:
    _probe(address)
    try:
        return server.add_insecure_port(str(address))
    except RuntimeError as error:
        raise _cannot_listen(address, str(error)) from None


def _probe(address: Address) -> None:
    """Bind and release the address, because gRPC does not say why it cannot."""
    host = address.host.strip("[]")
    try:
        family = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, address.port), family=family).close()
    except OSError as error:
        # The standard library repeats the address behind the reason.
        problem = (error.strerror or str(error)).partition(" (")[0].lower()
        raise _cannot_listen(address, problem) from None


def _cannot_listen(address: Address, problem: str) -> RunError:
    return RunError(f"--grpc {address}", problem, "choose another address, or port 0")


def _service(intake: Intake, name: str, signal: Signal) -> grpc.GenericRpcHandler:
    """Return the service of one signal; without a deserializer, requests stay raw bytes."""
    handler: _Handler = grpc.unary_unary_rpc_method_handler(_export(intake, signal))
    return grpc.method_handlers_generic_handler(name, {EXPORT: handler})


def _export(intake: Intake, signal: Signal) -> _Export:
    async def export(payload: bytes, context: _Context) -> bytes:
        try:
            intake.take(signal, payload)
        except UndecodableError as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return _FULL_SUCCESS

    return export
