"""The two media types of OTLP/HTTP, and messages written in either."""

from enum import StrEnum

from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message


class Media(StrEnum):
    """A media type that requests may have; a response has that of its request."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"

    @property
    def full_success(self) -> bytes:
        """A response without fields: everything was accepted."""
        return b"{}" if self is Media.JSON else b""

    def written(self, message: Message) -> bytes:
        """Return `message` in this media type."""
        if self is Media.JSON:
            return MessageToJson(message, indent=None).encode()
        return message.SerializeToString()


def find_media(content_type: str) -> Media | None:
    """Return the media type that a Content-Type header names, if it is one of OTLP's."""
    name = content_type.partition(";")[0].strip().lower()
    return next((each for each in Media if each == name), None)
