"""One file as it fills up: after every write it ends with its trailer, complete as it stands."""

from dataclasses import dataclass, replace

from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.codec import Codec, Packed
from telemetry_sender.files.data_file import DataFile
from telemetry_sender.files.framing import Framing


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the records of a file, as it stands on disk."""

    header: Packed
    trailer: Packed
    skipped: int
    """Bytes of a file's first record that are left out, before compression."""


def packed_frame(framing: Framing, codec: Codec) -> Frame:
    """Return the frame of files of a codec."""
    header, trailer = (
        codec.pack(each) if each else b"" for each in (framing.header, framing.trailer)
    )
    return Frame(header, trailer, framing.skipped)


@dataclass(frozen=True, slots=True)
class Filling:
    """A file and what it holds; a write returns what it holds then."""

    file: DataFile
    frame: Frame
    size: int = 0
    """Bytes on disk, without the trailer."""
    records: int = 0
    events: int = 0
    time: int = 0
    """When the first of them happened; Unix nanoseconds."""

    @property
    def whole_size(self) -> int:
        """Bytes on disk."""
        return self.size + len(self.frame.trailer)

    def begun(self) -> "Filling":
        """Write the header. Raises OSError."""
        return self.appended(self.frame.header, 0, 0)

    def appended(self, packed: Packed, records: int, events: int) -> "Filling":
        """Write records over the trailer, and the trailer behind them. Raises OSError."""
        trailer = self.frame.trailer
        self.file.write(b"".join((packed, trailer)) if trailer else packed, self.size)
        return replace(
            self,
            size=self.size + len(packed),
            records=self.records + records,
            events=self.events + events,
        )

    def restored(self) -> "Filling | None":
        """Make the file again what it was when it held this; None where that is impossible."""
        try:
            self.file.restore(self.frame.trailer, self.size)
        except OSError:
            self.file.discard()
            return None
        return self

    def publish(self) -> None:
        """Give it its name once it is sealed. Raises OSError."""
        self.file.publish()

    def discard(self) -> None:
        """Remove it, as far as that is possible, unless it has its name."""
        self.file.discard()

    def account(self, stream: str) -> FileAccount:
        """Return what the report says about it once it is complete."""
        return FileAccount(str(self.file.path), stream, self.whole_size, self.records)
