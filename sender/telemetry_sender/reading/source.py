"""The bytes of a file from front to back, in bounded memory, however long it is."""

from functools import partial
from typing import BinaryIO

from telemetry_common.errors import reason
from telemetry_common.zstd_frames import FrameError
from telemetry_sender.reading.errors import DamagedError, UnreadableError
from telemetry_sender.reading.unpacking import plain

MOST_BYTES = 64 << 20
"""Of one record: what OTLP recommends as the limit of a message."""

_PIECE_BYTES = 1 << 18
_FIX = "what stands before it is sound; write or copy the file again"


class Source:
    """Hands out bytes in order. Errors of the file name it and the byte."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        """Begin at the start of `file`, which may be a pipe, and compressed."""
        self.name = name
        self.at = 0
        """How many bytes have been handed out, unpacked."""
        self._pieces = plain(iter(partial(file.read, _PIECE_BYTES), b""))
        self._held = b""
        self._first = 0
        self._trouble: UnreadableError | None = None

    def peek(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end, without taking them.

        Raises DamagedError, as all methods do, where damage of the file's compression comes next.
        """
        self._gather(size)
        found = self._held[self._first : self._first + size]
        if self._trouble and not found:
            raise self._trouble
        return found

    def take(self, size: int, what: str) -> bytes:
        """Return the next bytes. Raises DamagedError when the file ends before `what` does."""
        if size > MOST_BYTES:
            raise self.damaged(self.at, f"{what} of {size:,} bytes, which is too long to be true")
        taken = self.peek(size)
        if len(taken) < size:
            end = self.damaged(self.at + len(taken), f"the file ends inside {what}")
            raise self._trouble or end
        self._skip(size)
        return taken

    def line(self) -> bytes:
        """Return the next line with its break, without one at the end; empty behind the last.

        Raises DamagedError for a line that is too long.
        """
        searched = 0
        while (end := self._held.find(b"\n", self._first + searched)) < 0:
            searched = len(self._held) - self._first
            if searched > MOST_BYTES:
                raise self.damaged(self.at, "a line that is too long to be a record")
            if not self._gather(2 * searched + 1):
                if self._trouble:
                    raise self._trouble
                end = len(self._held) - 1
                break
        line = self._held[self._first : end + 1]
        self._skip(len(line))
        return line

    def damaged(self, at: int, problem: str) -> DamagedError:
        """Return the error for what is wrong at a byte of what the file unpacks to."""
        return DamagedError(f"{self.name}: byte {at:,}", problem, _FIX)

    def _skip(self, size: int) -> None:
        self._first += size
        self.at += size

    def _gather(self, size: int) -> bool:
        """Hold at least so many bytes, or all that there are; tell whether any were added."""
        missing = size - (len(self._held) - self._first)
        if missing <= 0:
            return False
        pieces = [self._held[self._first :]]
        while missing > 0 and (piece := self._next()) is not None:
            pieces.append(piece)
            missing -= len(piece)
        self._held, self._first = b"".join(pieces), 0
        return len(pieces) > 1

    def _next(self) -> bytes | None:
        """Return the next piece; None at the end, and at damage, which waits for its turn."""
        try:
            return next(self._pieces, None)
        except FrameError as error:
            near = "" if error.is_cut_off else "near "
            place = f"{self.name}: {near}compressed byte {error.at:,}"
            self._trouble = DamagedError(place, error.problem, _FIX)
        except OSError as error:
            self._trouble = UnreadableError(self.name, reason(error), "give a readable file")
        return None
