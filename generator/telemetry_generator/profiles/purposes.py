"""What the key of a profile, a sample or a span is drawn for: one number each."""

from enum import IntEnum


class Purpose(IntEnum):
    """Purposes of draws; see `draws.draw`."""

    LINKED = 0
    START = 1
    THREAD = 2
    HEAT = 3
    TICKS = 4
    TIME = 5
    VALUE = 6
    SPAN = 7
