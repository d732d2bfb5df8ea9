"""Short names of operations, as programs call their functions, from the names of spans."""

import re
from functools import lru_cache

_REMEMBERED = 1 << 12
"""Names of spans are few; those that are not are not worth keeping."""

_METHOD = re.compile(r"(?P<method>[A-Z]+) +(?P<path>/.*)")
_PLACEHOLDER = re.compile(r"^(?:\{\W*(\w*).*\}|:(\w+)|<(?:\w+:)?(\w+)>)$")
_PLAIN = re.compile(r"^(?:api|v\d+)$", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@lru_cache(_REMEMBERED)
def operation_verb(span_name: str) -> str:
    """Return words in lower case, joined by `_`, for the name of a span; empty if it has none.

    `shop.cart.v1.CartService/AddItem` is `add_item`, `GET /api/v1/users/{id}` is
    `get_users_by_id`, `SELECT orders` is `select_orders`.
    """
    request = _METHOD.fullmatch(span_name)
    if request:
        return _joined([request["method"].lower(), *_route_words(request["path"])])
    return _joined(_words(span_name.rpartition("/")[2] or span_name))


def _route_words(path: str) -> list[str]:
    """Return the words of a route without its version, and what its last part stands for."""
    parts = [part for part in path.partition("?")[0].split("/") if part and not _PLAIN.match(part)]
    words = [word for part in parts if not _PLACEHOLDER.match(part) for word in _words(part)]
    last = _PLACEHOLDER.match(parts[-1]) if parts else None
    named = _words(last[last.lastindex or 0]) if last else []
    return [*words, "by", *named] if named else words


def _words(name: str) -> list[str]:
    return [
        word.lower() for part in _WORD.findall(name) for word in _WORD_BREAK.split(part) if word
    ]


def _joined(words: list[str]) -> str:
    return "_".join(words)
