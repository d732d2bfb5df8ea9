"""Placeholders of eight bytes for values that differ from span to span: ids in URLs and queries.

What a span says is rendered once for all that say the same; where it holds a marker, the encoder
puts each span's own eight bytes.
"""

import re
from itertools import chain, repeat

DIGITS = ("\x02digits0", "\x02digits1", "\x02digits2", "\x02digits3")
"""Markers for numbers of eight decimal digits, in the order in which a text uses them."""

HEX = ("\x02hex_id0", "\x02hex_id1")
"""Markers for the two halves of an id of sixteen hexadecimal digits."""

OFFSET = (1 << 28) + 0x0C0FFEE
"""Marks an integer that takes five bytes as a varint: its values are 2^28 to 2^35 - 1."""

_PLACEHOLDER = re.compile(r"\{[^{}/]*\}|(?<=/):[A-Za-z_]\w*|<[^<>/]*>")
_SURPLUS = "1"


def with_ids(template: str) -> str:
    """Return a route or key with a marker for every placeholder: `{id}`, `:id` or `<id>`.

    As many ids vary as there are markers; further ones are all the same.
    """
    markers = chain(DIGITS, repeat(_SURPLUS))
    return _PLACEHOLDER.sub(lambda _: next(markers), template)


def has_ids(template: str) -> bool:
    """Return whether a route has a placeholder."""
    return _PLACEHOLDER.search(template) is not None
