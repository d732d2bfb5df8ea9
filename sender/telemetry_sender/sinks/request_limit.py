"""How large the requests of a sink may be, and in which form that is measured."""

from typing import NamedTuple

from telemetry_sender.sinks.base import Encoding, Sink


class RequestLimit(NamedTuple):
    """The most bytes of a request: as OTLP/JSON or as protobuf; None leaves it to the settings."""

    most_bytes: int | None = None
    is_text: bool = False
    setting: str = "otlp.max_message_size"
    """What says so, for errors."""


PROTOBUF_ONLY = (RequestLimit(),)
"""Of a single sink of protobuf."""


def request_limits(sinks: tuple[Sink, ...]) -> tuple[RequestLimit, ...]:
    """Return the limit of each of these sinks.

    One with encoders of its own says it by an attribute `request_limit`.
    """
    return tuple(map(_limit, sinks))


def _limit(sink: Sink) -> RequestLimit:
    own: RequestLimit | None = getattr(sink, "request_limit", None)
    return own or RequestLimit(is_text=sink.encoding is Encoding.JSON)
