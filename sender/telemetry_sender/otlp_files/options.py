"""What files of OTLP requests are told, beside what all files are told."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from telemetry_common.config import MisplacedError
from telemetry_sender.config.base import Bytes
from telemetry_sender.config.files import Compression, FileOptions


class MessageCompression(StrEnum):
    """How each message of a file is compressed by itself."""

    NONE = "none"
    ZSTD = "zstd"


class OtlpFileOptions(FileOptions):
    """Files of whole OTLP requests."""

    message_compression: MessageCompression = MessageCompression.NONE
    """`none`, or `zstd`: each message by itself, behind its length of four bytes, as the
    OpenTelemetry Collector's file exporter writes it."""

    @model_validator(mode="after")
    def _is_compressed_once(self) -> Self:
        both = self.message_compression is not MessageCompression.NONE
        if both and self.compression is not Compression.NONE:
            problem = "messages that are compressed make no smaller file when compressed again"
            raise MisplacedError(("message_compression",), problem, "keep one of the two")
        return self


class OtlpJsonOptions(OtlpFileOptions):
    """Lines of OTLP/JSON."""

    max_line: Annotated[Bytes, Field(ge=1_000)] = 1_000_000
    """Most bytes of a line; the Collector's otlpjsonfile receiver takes 1 MiB unless its
    `max_log_size` says otherwise."""
