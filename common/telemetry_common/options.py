"""Values of command-line options: what is wrong with one names the option."""

from collections.abc import Callable
from typing import TypeVar

from telemetry_common.errors import UsageError

Value = TypeVar("Value")


def parsed(option: str, text: str, parse: Callable[[str], Value]) -> Value:
    """Return what `parse` makes of the text. Raises UsageError for its ValueError."""
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(option, str(error), "correct the value") from None
