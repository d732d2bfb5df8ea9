"""Unpacks Zstandard (RFC 8878) as a stream: any number of frames, in bounded memory."""

from collections.abc import Iterable, Iterator

import zstandard

# A few bytes can stand for a block of 128 KiB, so 2 KiB unpack to 64 MiB at the very most.
_PIECE_BYTES = 2 << 10


class FrameError(ValueError):
    """Bytes that are no sound frames; `at` is near the byte where that shows."""

    def __init__(self, at: int, problem: str, *, is_cut_off: bool) -> None:
        super().__init__(f"byte {at}: {problem}")
        self.at = at
        self.problem = problem
        self.is_cut_off = is_cut_off
        """Whether they are sound as far as they go."""


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what the pieces of a compressed file unpack to, across all its frames.

    Raises FrameError for what is no Zstandard data, and when it ends inside a frame.
    """
    decompressor = zstandard.ZstdDecompressor()
    frame, inside, done = decompressor.decompressobj(), False, 0
    for piece in _cut(pieces):
        rest = piece
        while rest:
            try:
                yield frame.decompress(rest)
            except zstandard.ZstdError as error:
                why = str(error).rpartition(": ")[2].lower()
                problem = f"not sound Zstandard data ({why})"
                raise FrameError(done, problem, is_cut_off=False) from None
            inside, rest = not frame.eof, frame.unused_data
            if not inside:
                frame = decompressor.decompressobj()
        done += len(piece)
    if inside:
        raise FrameError(done, "ends inside a Zstandard frame", is_cut_off=True)


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), _PIECE_BYTES):
            yield piece[start : start + _PIECE_BYTES]
