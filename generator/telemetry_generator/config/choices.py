"""Values chosen from a list: a typo is answered with the one that was probably meant."""

import difflib
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

_LISTED = 20

Choice = TypeVar("Choice", bound=StrEnum)


def parser(kind: type[Choice], noun: str) -> Callable[[Any], Choice]:
    """Return what turns a configured text into a `kind`; `noun` is what errors call it."""

    def parse(value: Any) -> Choice:
        if isinstance(value, kind):
            return value
        known = [member.value for member in kind]
        if value not in known:
            raise ValueError(f"unknown {noun}, {suggestion(str(value), known)}")
        return kind(value)

    return parse


def suggestion(text: str, known: Iterable[str]) -> str:
    """Return which of the known words was probably meant, or the words there are."""
    words = sorted(known)
    close = difflib.get_close_matches(text, words, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    more = f" and {len(words) - _LISTED} more" if len(words) > _LISTED else ""
    return f"known: {', '.join(words[:_LISTED])}{more}"
