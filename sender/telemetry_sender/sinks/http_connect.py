"""Waits until an endpoint of HTTP takes connections, before a run counts on it."""

import asyncio
import os
import ssl

from telemetry_common.errors import RunError
from telemetry_sender.sinks.destination import Destination

# A receiver that is just starting is found soon after it listens.
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0

_FIX = (
    "start the receiver, or correct otlp.endpoint, otlp.protocol, otlp.insecure or otlp.certificate"
)


async def wait_until_reachable(
    to: Destination, context: ssl.SSLContext | None, server_name: str | None, seconds: float
) -> None:
    """Connect, with TLS if there is a `context`, until it works, for at most `seconds`.

    Raises RunError with the last trouble; at once for a certificate that is not trusted.
    """
    problem, pause = "no answer in time", _FIRST_PAUSE
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    return await _connect(to, context, server_name)
                except ssl.SSLCertVerificationError as error:
                    raise RunError(to.place, reason(error), _FIX) from None
                except OSError as error:
                    problem = reason(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
    except TimeoutError:
        raise RunError(to.place, problem, _FIX) from None


def reason(error: BaseException) -> str:
    """Return why a connection failed, in one line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"CERTIFICATE_VERIFY_FAILED: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason or error}"
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        # Event loops put words of their own into such an error.
        return os.strerror(error.errno)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


async def _connect(
    to: Destination, context: ssl.SSLContext | None, server_name: str | None
) -> None:
    endpoint, loop = to.endpoint, asyncio.get_running_loop()
    if endpoint.socket_path is not None:
        transport, _ = await loop.create_unix_connection(asyncio.Protocol, endpoint.socket_path)
    else:
        transport, _ = await loop.create_connection(
            asyncio.Protocol,
            endpoint.host,
            endpoint.port,
            ssl=context,
            server_hostname=server_name if context else None,
        )
    transport.close()
