"""What draws are for: each random decision about a request or a span has a number of its own."""

from enum import IntEnum


class Draw(IntEnum):
    """Purposes of draws by the key of a request, a span or an edge (see `draws.draw`).

    They begin high, because whoever describes a finished span draws by its key too.
    """

    SPANS = 1000
    DOOR = 1001
    BASE = 1002
    FAILS = 1004
    ORIGIN = 1005
    DETAIL = 1006
    FAULT = 1007
    FAN = 1008
    CALLS = 1009
    CALLEE = 1010
    ENDPOINT = 1011
    WORK = 1012
    SHARE = 1013
    RETRY = 1014
    CONCURRENT = 1015
    HAPPENS = 1016
    TIMES = 1017
    OWN_TIME = 1018
    GAP = 1019
    BACKOFF = 1020
    QUEUE = 1021
    RECOVERY = 1022
    LINKS = 1023
    EVENTS = 1024
    TIME = 1025
    SAMPLING = 1026
    UNUSUAL = 1027
    TARGET = 1028
    INSTANCE = 1029
    COUNT = 1030
