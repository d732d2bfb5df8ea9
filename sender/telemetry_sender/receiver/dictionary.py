"""The dictionary of a profiles request: zero values first, and every index within its table.

The rules are those of `ProfilesDictionary` in `profiles.proto`.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesDictionary,
    Sample,
)

TABLES = ("mapping", "location", "function", "link", "string", "attribute", "stack")
"""The tables by their names, which the field names continue with `_table`."""


def missing_zero_values(dictionary: ProfilesDictionary) -> int:
    """Count the tables whose first entry is not the zero value, or is not there."""
    tables = (getattr(dictionary, f"{name}_table") for name in TABLES)
    return sum(not table or not _is_zero(table[0]) for table in tables)


def _is_zero(entry: Any) -> bool:
    """Tell whether a string or message holds nothing; a message may hold empty messages.

    The OpenTelemetry Collector writes the empty value of an attribute that has none.
    """
    if isinstance(entry, str):
        return not entry
    return all(
        field.message_type is not None and not field.is_repeated and _is_zero(value)
        for field, value in entry.ListFields()
    )


def broken_indices(
    dictionary: ProfilesDictionary, profiles: Sequence[Profile], samples: Sequence[Sample]
) -> int:
    """Count the indices, in the dictionary and in `profiles`, that lie outside their tables.

    0 stands for nothing and is never outside.
    """
    indices = {
        "mapping": (each.mapping_index for each in dictionary.location_table),
        "location": chain.from_iterable(each.location_indices for each in dictionary.stack_table),
        "function": (
            line.function_index for each in dictionary.location_table for line in each.lines
        ),
        "link": (sample.link_index for sample in samples),
        "string": _into_strings(dictionary, profiles),
        "attribute": _into_attributes(dictionary, profiles, samples),
        "stack": (sample.stack_index for sample in samples),
    }
    return sum(
        _outside(found, len(getattr(dictionary, f"{name}_table")))
        for name, found in indices.items()
    )


def _outside(indices: Iterator[int], size: int) -> int:
    found = np.fromiter(indices, np.int64)
    return int(np.count_nonzero((found < 0) | ((found >= size) & (found != 0))))


def _into_strings(dictionary: ProfilesDictionary, profiles: Sequence[Profile]) -> Iterator[int]:
    yield from (each.filename_strindex for each in dictionary.mapping_table)
    for function in dictionary.function_table:
        yield function.name_strindex
        yield function.system_name_strindex
        yield function.filename_strindex
    for attribute in dictionary.attribute_table:
        yield attribute.key_strindex
        yield attribute.unit_strindex
    for profile in profiles:
        for kind in (profile.sample_type, profile.period_type):
            yield kind.type_strindex
            yield kind.unit_strindex


def _into_attributes(
    dictionary: ProfilesDictionary, profiles: Sequence[Profile], samples: Sequence[Sample]
) -> Iterator[int]:
    for holders in (dictionary.mapping_table, dictionary.location_table, profiles, samples):
        yield from chain.from_iterable(each.attribute_indices for each in holders)
