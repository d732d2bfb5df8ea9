"""Resources: who emits telemetry. The same identity stands on spans, metrics and logs."""

from dataclasses import dataclass

from telemetry_generator.world.attributes import Attributes, Value


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One emitter of telemetry; compared by identity, so it can key a cache."""

    attributes: Attributes

    def __getitem__(self, key: str) -> Value:
        return dict(self.attributes)[key]
