"""Transforms every request behind its stamper: the slow way, for what differs from send to send."""

from collections.abc import Mapping, Sequence

from telemetry_common.errors import RunError
from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.transformers.base import Transformer


class TransformingStamper:
    """Stamps blocks of one signal and transforms the requests."""

    def __init__(
        self, stamper: BlockStamper, signal: Signal, transformers: Sequence[Transformer]
    ) -> None:
        self._stamper = stamper
        self._signal = signal
        self._transformers = transformers

    def stamp(self, block: Block, pass_number: int, now: int) -> bytes:
        """Return the transformed request. Raises RunError when a transformer fails."""
        request: bytes = self._stamper.stamp(block, pass_number, now)
        for transformer in self._transformers:
            request = transformed(transformer, self._signal, request)
        return request


def with_transformers(
    stampers: Mapping[Signal, BlockStamper], transformers: Sequence[Transformer]
) -> Mapping[Signal, BlockStamper]:
    """Return stampers whose requests are transformed; the same ones without a transformer."""
    if not transformers:
        return stampers
    return {
        signal: TransformingStamper(stamper, signal, transformers)
        for signal, stamper in stampers.items()
    }


def transformed(transformer: Transformer, signal: Signal, data: bytes) -> bytes:
    """Call a transformer, whose mistakes are errors of the run. Raises RunError."""
    try:
        changed = transformer.transform(signal, data)
    except Exception as error:
        name, problem = type(transformer).__name__, f"{type(error).__name__}: {error}"
        raise RunError(f"transformer {name}", problem, "correct the transformer") from error
    return changed
