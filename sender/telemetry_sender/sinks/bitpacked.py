"""Files of binary records: fields at fixed bits, then tagged values."""

from telemetry_common.template import Template
from telemetry_sender.binary.bit_fields import CHECKSUMMED, LAYOUTS
from telemetry_sender.binary.bitpacked_records import header, make_dialect
from telemetry_sender.binary.checksummed import ChecksummedEncoder
from telemetry_sender.config.files import FileOptions
from telemetry_sender.files.framing import Framing
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.sinks.base import Encoder
from telemetry_sender.sinks.files import FileFormat, FileSink, make_file_sink
from telemetry_sender.sinks.options import read_options
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.without_profiles import refuse_profiles


class BitpackedOptions(FileOptions):
    """Options of `bitpacked`."""

    checksum: bool = False
    """Whether each record has a CRC-32C of its fixed part: times, ids and all that is packed."""


def make_sink(setting: SinkSetting) -> FileSink:
    """Return the sink, not yet open. Raises ConfigError for what it cannot use."""
    refuse_profiles(setting)
    options = read_options(setting, BitpackedOptions)
    layouts = CHECKSUMMED if options.checksum else LAYOUTS

    def encoder(template: Template) -> Encoder:
        records = RecordEncoder(template, make_dialect(layouts))
        return ChecksummedEncoder(records, layouts) if options.checksum else records

    def framing(stream: str) -> Framing:
        return Framing(header(stream, layouts))

    return make_file_sink(setting, options, FileFormat("bitpacked", "bitpacked", framing), encoder)
