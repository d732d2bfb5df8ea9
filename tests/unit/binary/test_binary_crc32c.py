"""CRC-32C is that of the standard, and finds every damaged byte of a record's fixed part."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import COMMITTED, stampers_of
from record_lines import made_by
from telemetry_common.signals import Signal
from telemetry_sender.binary.bit_fields import CHECKSUMMED
from telemetry_sender.binary.bitpacked_reading import read_record, read_schema
from telemetry_sender.binary.bitpacked_records import LENGTH_BYTES, make_dialect, schema
from telemetry_sender.binary.checksummed import ChecksummedEncoder
from telemetry_sender.binary.crc32c import ColumnChecksum, crc32c
from telemetry_sender.binary.tagged_reading import RecordError
from telemetry_sender.records.base import Stream
from telemetry_sender.records.encoder import RecordEncoder
from template_files import template_of


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        (b"", 0),
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(range(31, -1, -1)), 0x113FDB5C),
    ],
)
def test_the_checksum_is_that_of_the_standard(data: bytes, checksum: int) -> None:
    """The vectors are those of RFC 3720, appendix B.4, and of the catalogue of CRCs."""
    assert crc32c(data) == checksum


@given(st.integers(1, 70), st.data())
def test_columns_have_the_checksums_of_their_rows(width: int, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.binary(min_size=width, max_size=width), min_size=1, max_size=4))
    cells = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, width)
    assert ColumnChecksum(width)(cells).tolist() == list(map(crc32c, rows))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A span of the committed set, behind its length."""
    data = {Signal.TRACES: (COMMITTED / "small-traces.pb").read_bytes()}
    templates = template_of(tmp_path_factory.mktemp("set"), data)
    template, stamper = templates[Signal.TRACES], stampers_of(templates)[Signal.TRACES]
    records = RecordEncoder(template, make_dialect(CHECKSUMMED))
    made = next(made_by(ChecksummedEncoder(records, CHECKSUMMED), template, stamper))
    return made.records["traces"][0][LENGTH_BYTES:]


@given(bit=st.integers(0, 495), count=st.integers(1, 32))
def test_damage_of_the_fixed_part_shows(record: bytes, bit: int, count: int) -> None:
    """So does any run of damaged bits, up to 32 of them."""
    damaged = bytearray(record)
    for each in range(bit, min(bit + count, 496)):
        damaged[each // 8] ^= 0x80 >> each % 8
    sound = read_schema(json.dumps(schema(Stream.TRACES, CHECKSUMMED)).encode())
    assert read_record(record, sound).sequence == 1
    with pytest.raises(RecordError, match="the record says CRC-32C"):
        read_record(bytes(damaged), sound)
