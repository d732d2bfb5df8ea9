"""Names of tags and fields: one each, and none that InfluxDB or the stream keeps for itself."""

from collections.abc import Iterable

from telemetry_sender.records.influx.text import plain_name

_RESERVED = frozenset({"time", "_time", "_field", "_measurement", "_value", "_start", "_stop"})


class Names:
    """The names of one line; those that are `fixed`, or `given`, are no longer free."""

    def __init__(self, fixed: frozenset[str], given: Iterable[str] = ()) -> None:
        self._fixed = fixed
        self._taken = set(given)

    def add(self, key: str, prefix: str) -> str:
        """Return the name of an attribute: its key, behind the prefix if that is not free.

        It is empty where the key is.
        """
        name = plain_name(key)
        while name in self._taken or name in self._fixed or name in _RESERVED:
            name = prefix + name
        if name:
            self._taken.add(name)
        return name
