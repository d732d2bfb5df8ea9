"""How much room there is for files."""

import os
from pathlib import Path


def free_bytes(directory: Path) -> int:
    """Return the bytes that this user may still write where `directory` is, or will be made.

    Raises OSError when that cannot be told.
    """
    place = directory.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    space = os.statvfs(place)
    return space.f_bavail * space.f_frsize
