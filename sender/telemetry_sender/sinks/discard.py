"""A destination that accepts everything and keeps nothing: the speed of the pipeline alone."""

import asyncio

from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.registry import SinkSetting

_ACCEPTED = Delivery()


class DiscardSink:
    """Discards."""

    encoding = Encoding.PROTOBUF

    def __str__(self) -> str:
        return "nowhere: everything is discarded"

    async def open(self) -> None:
        """Do nothing."""

    async def write(self, signal: Signal, payload: bytes) -> Delivery:  # noqa: ARG002
        """Accept the request, and let others run as a real write would."""
        await asyncio.sleep(0)
        return _ACCEPTED

    async def close(self) -> None:
        """Do nothing."""


def make_sink(setting: SinkSetting) -> DiscardSink:  # noqa: ARG001
    """Return the sink; it has no settings."""
    return DiscardSink()
