"""What a transformer is: bytes of OTLP in, bytes of OTLP out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from telemetry_common.signals import Signal


class Transformer(Protocol):
    """Changes requests or templates; used by one thread at a time."""

    def transform(self, signal: Signal, data: bytes) -> bytes:
        """Return what to use instead of `data`: one serialized export request of `signal`.

        It must hold the same events in the same order; ids, times and values are the sender's
        business. The bytes of a template are requests too, some whole resources each.
        """
        ...


@dataclass(frozen=True, slots=True)
class TransformerSetting:
    """What a transformer is made from."""

    options: Mapping[str, Any]
    """The `options` of its entry in the configuration. A factory raises ValueError for bad ones."""
    environ: Mapping[str, str]


TransformerFactory = Callable[[TransformerSetting], Transformer]
