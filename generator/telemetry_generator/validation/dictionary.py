"""The dictionary of a profiles file: its tables refer to each other by index.

Index 0 of each table is the zero value, which means *unset* (`profiles.proto` of
opentelemetry-proto v1.10).
"""

from collections.abc import Iterable, Iterator, Sequence

from google.protobuf.message import Message
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesDictionary

TABLES = (
    "mapping_table",
    "location_table",
    "function_table",
    "link_table",
    "string_table",
    "attribute_table",
    "stack_table",
)

Problem = tuple[str, str]
"""The place and what is wrong there."""


def zero_problems(dictionary: ProfilesDictionary) -> Iterator[Problem]:
    """Yield the tables whose entry 0 is missing, or is not the zero value."""
    for name in TABLES:
        table: Sequence[Message | str] = getattr(dictionary, name)
        if not table:
            yield name, "is empty; its entry 0 is missing"
        elif not _is_zero(table[0]):
            yield f"{name}[0]", "is not the zero value"


def _is_zero(entry: Message | str) -> bool:
    return not (entry.ByteSize() if isinstance(entry, Message) else entry)


def index_problems(dictionary: ProfilesDictionary) -> Iterator[Problem]:
    """Yield the entries of the tables that refer to an entry which is not there."""
    sizes = Sizes(dictionary)
    for row, mapping in enumerate(dictionary.mapping_table):
        place = f"mapping_table[{row}]"
        yield from sizes.outside(place, "string_table", [mapping.filename_strindex])
        yield from sizes.outside(place, "attribute_table", mapping.attribute_indices)
    for row, location in enumerate(dictionary.location_table):
        place = f"location_table[{row}]"
        functions = [line.function_index for line in location.lines]
        yield from sizes.outside(place, "mapping_table", [location.mapping_index])
        yield from sizes.outside(place, "function_table", functions)
        yield from sizes.outside(place, "attribute_table", location.attribute_indices)
    for row, function in enumerate(dictionary.function_table):
        names = (
            function.name_strindex,
            function.system_name_strindex,
            function.filename_strindex,
        )
        yield from sizes.outside(f"function_table[{row}]", "string_table", names)
    for row, attribute in enumerate(dictionary.attribute_table):
        indices = (attribute.key_strindex, attribute.unit_strindex)
        yield from sizes.outside(f"attribute_table[{row}]", "string_table", indices)
    for row, stack in enumerate(dictionary.stack_table):
        yield from sizes.outside(f"stack_table[{row}]", "location_table", stack.location_indices)


class Sizes:
    """How many entries each table of a dictionary has."""

    def __init__(self, dictionary: ProfilesDictionary) -> None:
        self._sizes = {name: len(getattr(dictionary, name)) for name in TABLES}

    def outside(self, place: str, table: str, indices: Iterable[int]) -> Iterator[Problem]:
        """Yield a problem for each index at `place` that is outside `table`."""
        size = self._sizes[table]
        for index in indices:
            # An index 0 into a table without entries is reported with the table.
            if index and not 0 <= index < size:
                yield place, f"names {table}[{index}] of {size:,}"
