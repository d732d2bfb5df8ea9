"""Finds how many records still fit into a file when their size is only known once compressed."""

from telemetry_sender.files.codec import Pack, Packed
from telemetry_sender.records.base import Ends


def most_fitting(
    data: Packed, ends: Ends, pack: Pack, *, room: int, size: int
) -> tuple[int, Packed]:
    """Return how many of the first records take at most `room` bytes packed, and those packed.

    All of them take `size` bytes, which is more than `room`. Sizes grow about evenly, so the guess
    in proportion is near; every other guess is the middle, so that the search ends soon.
    """
    fits, too_many = 0, len(ends)
    packed: Packed = b""
    in_proportion = True
    while too_many - fits > 1:
        if in_proportion:
            guess = fits + (too_many - fits) * (room - len(packed)) // max(size - len(packed), 1)
            guess = min(max(guess, fits + 1), too_many - 1)
        else:
            guess = (fits + too_many) // 2
        in_proportion = not in_proportion
        attempt = pack(data[: int(ends[guess - 1])])
        if len(attempt) <= room:
            fits, packed = guess, attempt
        else:
            too_many, size = guess, len(attempt)
    return fits, packed
