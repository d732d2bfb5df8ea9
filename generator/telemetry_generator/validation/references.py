"""References to spans, collected while a file is read and resolved when all spans are known."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64


@dataclass(slots=True)
class References:
    """References as columns: trace ids (n, 2), span ids (n,), and who refers (n,)."""

    _traces: list[U64] = field(default_factory=list)
    _spans: list[U64] = field(default_factory=list)
    _owners: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, traces: U64, spans: U64, owners: NDArray[np.int64]) -> None:
        """Remember some more."""
        self._traces.append(traces)
        self._spans.append(spans)
        self._owners.append(owners)

    def columns(self) -> tuple[U64, U64, NDArray[np.int64]]:
        """Return all of them."""
        return (
            np.concatenate([np.empty((0, 2), np.uint64), *self._traces]),
            np.concatenate([np.empty(0, np.uint64), *self._spans]),
            np.concatenate([np.empty(0, np.int64), *self._owners]),
        )
