"""What a record's key is drawn for: one number each, so that no two draws are the same."""

from enum import IntEnum


class Purpose(IntEnum):
    """Purposes of a record's draws; see `draws.draw`."""

    TIME = 0
    WHO = 1
    INSTANCE = 2
    WHAT = 3
    ENDING = 4
    CALL = 5
    REQUEST = 6
    SPAN = 7
    SEVERITY = 8
    EVENT = 9
    PATTERN = 10
    DELAY = 11
    STACK_TRACE = 12
    STRUCTURE = 13
    SIZE = 14
    PADDING = 15
    PROCESS = 16
    PARAMETERS = 32
    """Of the first parameter; the others follow."""
