"""Adds checksums to bit-packed records once they are stamped."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from telemetry_common.planning.cut import Block
from telemetry_sender.binary.bit_fields import CRC, BitLayout
from telemetry_sender.binary.bitpacked_records import LENGTH_BYTES
from telemetry_sender.binary.crc32c import ColumnChecksum
from telemetry_sender.records.base import RecordBatch, Records, Stream
from telemetry_sender.records.encoder import RecordEncoder


class ChecksummedEncoder:
    """Fills in the checksums of records, which have these layouts by their streams."""

    def __init__(self, encoder: RecordEncoder, layouts: Mapping[Stream, BitLayout]) -> None:
        self._encoder = encoder
        self._places: dict[str, int] = {
            stream: field.position // 8
            for stream, layout in layouts.items()
            for field in layout.aligned
            if field.type == CRC
        }
        self._checksums = {place: ColumnChecksum(place) for place in set(self._places.values())}

    def prepare(self, block: Block) -> None:
        """Lay out a block ahead of its first pass. Raises TemplateError as `encode` does."""
        self._encoder.prepare(block)

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> RecordBatch:
        """Return the records of a stamped block. Raises TemplateError as RecordEncoder does."""
        batch = self._encoder.encode(block, pass_number, stamped)
        return RecordBatch(map(self._filled, batch))

    def _filled(self, records: Records) -> Records:
        width = self._places[records.stream]
        data = bytearray(records.data)
        starts = np.append(0, records.ends[:-1]) + LENGTH_BYTES
        # All texts of this width, and all words, wherever they begin.
        texts = np.ndarray((len(data) - width + 1, width), np.uint8, data, strides=(1, 1))
        words = np.ndarray((len(data) - 3,), ">u4", data, strides=(1,))
        words[starts + width] = self._checksums[width](texts[starts])
        return replace(records, data=bytes(data))
