"""One sequence of files: each holds whole records, and appears only when it is complete.

What is written belongs to a batch until `commit`: `rollback` undoes a batch that found no room, so
that what is in the files is exactly what was taken. Even on a full disk the last file can be
completed as it stands.
"""

import sys
from dataclasses import dataclass, field

from telemetry_sender.config.files import RollOptions
from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.chunk import Chunk, chunk_of
from telemetry_sender.files.codec import GATHERED, Codec, Packed
from telemetry_sender.files.complete import CompleteFiles
from telemetry_sender.files.data_file import DataFile, HiddenFile, OpenFile
from telemetry_sender.files.filling import Filling, packed_frame
from telemetry_sender.files.fitting import most_fitting
from telemetry_sender.files.framing import Framing
from telemetry_sender.files.gathered import Gathered
from telemetry_sender.files.naming import Naming
from telemetry_sender.records.base import Records


@dataclass(slots=True)
class _Batch:
    """What has been done since the last commit."""

    events: int = 0
    bytes: int = 0
    begun: list[DataFile] = field(default_factory=list)
    sealed: list[Filling] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Mark:
    """How things stood at the end of the last batch."""

    filling: Filling | None
    gathered: Gathered
    length: int
    sequence: int


class RollingFiles:
    """The files of one stream. What raises OSError leaves nothing half done under a final name."""

    def __init__(
        self,
        stream: str,
        naming: Naming,
        framing: Framing,
        codec: Codec,
        roll: RollOptions,
        *,
        is_required: bool = False,
        open_file: OpenFile = HiddenFile,
    ) -> None:
        """With `is_required` there is a file even if no record comes."""
        self._stream = stream
        self._naming = naming
        self._frame = packed_frame(framing, codec)
        self._pack = codec.pack
        self._roll = roll
        # Many pieces to a file: what is cut off at its end is compressed again for the next.
        self._piece = min(GATHERED, roll.size or GATHERED)
        self._enough = min(codec.gathered, self._piece)
        self._is_required = is_required
        self._open_file = open_file

        self._gathered = Gathered()
        self._filling: Filling | None = None
        self._sequence = 0
        self._batch = _Batch()
        self._accepted = 0
        self._complete = CompleteFiles(stream, naming.directory)
        self._mark = self._state()

    @property
    def accounts(self) -> list[FileAccount]:
        """The complete files, in order."""
        return self._complete.accounts

    @property
    def lost(self) -> int:
        """After `finish`: events of batches that were taken, and that are in no complete file."""
        return self._accepted - self._complete.events

    def write(self, records: Records) -> int:
        """Add records to the batch; return the bytes that this put on disk. Raises OSError.

        Then only `rollback` makes sense. Records may wait in memory until they are worth
        compressing.
        """
        self._batch.events += records.events
        before = self._batch.bytes
        rest = chunk_of(records)
        if rest.records:
            self._roll_by_time(rest.time)
        while rest.records:
            head, rest = rest.split(self._share(rest))
            self._gathered.add(head)
            self._flush(self._enough)
            self._roll_by_records()
        return self._batch.bytes - before

    def commit(self) -> None:
        """End the batch: what it completed appears under its names.

        Raises OSError when that fails; the batch is taken all the same, and what is lost of it is
        counted.
        """
        self._accepted += self._batch.events
        sealed = self._batch.sealed
        self._end_batch()
        self._complete.publish(sealed)

    def rollback(self) -> None:
        """Undo the batch."""
        for file in self._batch.begun:
            file.discard()
        mark = self._mark
        self._gathered = mark.gathered.first(mark.length)
        self._sequence = mark.sequence
        self._filling = mark.filling.restored() if mark.filling else None
        self._end_batch()

    def finish(self) -> None:
        """Complete the last file, also after `rollback`. Safe twice.

        Raises OSError when records that wait find no room, or the file cannot be completed; what
        can be saved is saved first, and the rest is `lost`.
        """
        try:
            self._flush(0)
            self._seal_last()
        except OSError:
            self.rollback()
            self._finish_as_it_is()
            raise
        self.commit()

    def abort(self) -> None:
        """Leave no unfinished file behind; safe twice."""
        self.rollback()
        if self._filling:
            self._filling.discard()
        self._filling = None
        self._gathered = Gathered()
        self._is_required = False
        self._end_batch()

    def _share(self, chunk: Chunk) -> int:
        """Return how many of the records go into the piece that is being gathered."""
        count = chunk.until(self._piece - self._gathered.bytes)
        if self._roll.records:
            count = min(count, self._roll.records - self._records())
        return count

    def _records(self) -> int:
        """Return the records that the current file has, or that wait for it."""
        return self._gathered.records + (self._filling.records if self._filling else 0)

    def _roll_by_time(self, time: int) -> None:
        if not (self._roll.every and self._records()):
            return
        first = self._filling.time if self._filling else self._gathered.time
        if time - first >= self._roll.every_nanos:
            self._flush(0)
            self._seal()

    def _roll_by_records(self) -> None:
        if self._is_full():
            # The size may begin another file here.
            self._flush(0)
            if self._is_full():
                self._seal()

    def _is_full(self) -> bool:
        return 0 < self._roll.records <= self._records()

    def _flush(self, enough: int) -> None:
        """Write what is gathered while it is enough, into as many files as it takes."""
        while self._gathered.records and self._gathered.bytes >= enough:
            self._append_what_fits()

    def _append_what_fits(self) -> None:
        """Write as much as the current file takes; seal it when that is not all."""
        filling = self._filling or self._begin(self._gathered.time)
        data, ends = self._gathered.joined()
        if not filling.records:
            data, ends = data[self._frame.skipped :], ends - self._frame.skipped
        count, packed = len(ends), self._pack(data)
        room = self._room(filling)
        if len(packed) > room:
            size = len(packed)
            count, packed = most_fitting(data, ends, self._pack, room=room, size=size)
        if not (count or filling.records):
            count, packed = 1, self._pack(data[: int(ends[0])])
        if count:
            self._append(filling, packed, count)
        if self._gathered.records:
            self._seal()

    def _room(self, filling: Filling) -> int:
        return (self._roll.size or sys.maxsize) - filling.whole_size

    def _begin(self, time: int) -> Filling:
        self._sequence += 1
        file = self._open_file(self._naming.path(self._stream, self._sequence, time))
        self._batch.begun.append(file)
        self._filling = Filling(file, self._frame, time=time).begun()
        self._batch.bytes += self._filling.size
        return self._filling

    def _append(self, filling: Filling, packed: Packed, count: int) -> None:
        """Write the first `count` records that are gathered."""
        taken, rest = self._gathered.split(count)
        self._filling = filling.appended(packed, count, taken.events)
        self._gathered = rest
        self._batch.bytes += len(packed)

    def _append_nothing(self, filling: Filling) -> None:
        """Make an empty file one of its compression: readers refuse one of no bytes."""
        if not filling.whole_size:
            self._append(filling, self._pack(b""), 0)

    def _seal(self) -> None:
        assert self._filling is not None
        self._filling.file.seal()
        self._batch.bytes += len(self._frame.trailer)
        self._batch.sealed.append(self._filling)
        self._filling = None

    def _seal_last(self) -> None:
        is_missing = self._is_required and not (
            self._filling or self.accounts or self._batch.sealed
        )
        self._is_required = False
        if is_missing:
            self._append_nothing(self._begin(time=0))
        if self._filling:
            self._seal()

    def _finish_as_it_is(self) -> None:
        """Complete what is on disk; give up what waits, and all of it where even that fails."""
        self._gathered = Gathered()
        try:
            self._seal_last()
            self.commit()
        except OSError:
            self.abort()

    def _end_batch(self) -> None:
        self._batch = _Batch()
        self._mark = self._state()

    def _state(self) -> _Mark:
        return _Mark(self._filling, self._gathered, len(self._gathered), self._sequence)
