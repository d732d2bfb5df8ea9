"""How a value that changes is written in a record: always in the same number of bytes.

A value whose text may be shorter leaves bytes of 0 behind it: no text holds them otherwise, so they
are taken out of the finished text at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.text.digits import Cells

PAD = b"\0"
"""What stands where a text is shorter than its field."""

Raw = NDArray[Any]
"""Values as they stand on the wire: words of 8 bytes (uint64), or ids of 16 (complex128)."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One way to write a value; each is a constant, told by its identity."""

    name: str
    width: int
    """Bytes of its field, at least 8."""
    cells: Callable[[Any], Cells | None]
    """Returns for n raw values their fields, shape (n, width); None when one does not fit."""
    is_padded: bool = False
    """Whether a field may hold PAD."""
    is_wide: bool = False
    """Whether its values are ids of 16 bytes."""
    text: Callable[[Any], bytes] | None = None
    """Writes one value that stays as it is, of any size; without it, that is left to `cells`."""
    blank: bytes = field(init=False)
    """What stands in a field until it is filled."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "blank", PAD * self.width)

    def static(self, value: int | float | bytes) -> bytes:
        """Return the text of one value without padding. Raises ValueError where it does not fit."""
        if self.text is not None:
            return self.text(value)
        cells = self.cells(_raw(value))
        if cells is None:
            raise ValueError(f"{value!r} does not fit {self.name}")
        text: bytes = cells[0].tobytes()
        return text.rstrip(PAD) if self.is_padded else text


def _raw(value: int | float | bytes) -> Raw:
    """Return a value as it would stand on the wire, shape (1,)."""
    if isinstance(value, bytes):
        return np.frombuffer(value, np.complex128 if len(value) == 16 else np.uint64)
    if isinstance(value, float):
        return np.array([value], np.float64).view(np.uint64)
    return np.array([value % (1 << 64)], np.uint64)
