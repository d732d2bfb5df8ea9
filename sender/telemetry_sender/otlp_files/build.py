"""Makes the encoders of files of OTLP requests."""

from telemetry_common.template import Template
from telemetry_sender.otlp_files.encoder import AsStamped, MessageEncoder
from telemetry_sender.otlp_files.frames import (
    Frame,
    as_it_is,
    compressed_with_length,
    with_length,
)
from telemetry_sender.otlp_files.options import MessageCompression
from telemetry_sender.text.json_encoder import JsonEncoder
from telemetry_sender.text.texts import Texts


def json_encoder(
    template: Template, compression: MessageCompression, max_line: int
) -> MessageEncoder:
    """Return what writes a template as lines of at most `max_line` bytes.

    Compressed, they are no lines but messages of as many bytes, each behind its length.
    """
    is_line = compression is MessageCompression.NONE
    requests = JsonEncoder(Texts(template), b"\n" if is_line else b"")
    frame = as_it_is if is_line else compressed_with_length()
    return MessageEncoder(template, requests, frame, max_line)


def protobuf_encoder(template: Template, compression: MessageCompression) -> MessageEncoder:
    """Return what writes a template as protobuf, each message behind its length."""
    is_plain = compression is MessageCompression.NONE
    frame: Frame = with_length if is_plain else compressed_with_length()
    return MessageEncoder(template, AsStamped(), frame)
