"""The attributes that the configuration adds to spans."""

from collections.abc import Iterator, Sequence

from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.encode.cardinality_attribute import CardinalityAttribute
from telemetry_generator.encode.custom_attributes import CustomAttributes
from telemetry_generator.encode.fat_attributes import FatAttributes
from telemetry_generator.encode.span_parts import SpanAttributes, SpanPart
from telemetry_generator.semantics.custom import custom_key


def attribute_parts(config: TracesConfig) -> list[SpanPart]:
    """Return the attributes that the configuration adds to spans."""
    parts: list[SpanPart] = [CardinalityAttribute(one) for one in config.cardinality]
    if config.custom_attributes:
        parts.append(CustomAttributes(config.custom_attributes))
    if config.fat_spans:
        parts.append(FatAttributes(config.fat_spans))
    return parts


def reserved_keys(config: TracesConfig, providers: Sequence[SpanAttributes]) -> frozenset[str]:
    """Return the keys that the conventions' attributes leave to the configuration and others."""
    configured = frozenset(one.key for one in config.cardinality)
    return configured.union(*(provider.keys for provider in providers))


def configured_keys(config: TracesConfig) -> Iterator[tuple[str, str]]:
    """Yield the keys that `attribute_parts` give, each with the setting that asks for it."""
    for one in config.cardinality:
        yield one.key, "traces.cardinality"
    if config.custom_attributes:
        for number in range(config.custom_attributes.count):
            yield custom_key(number), "traces.custom_attributes"
    if config.fat_spans:
        for number in range(1, config.fat_spans.per_span_max + 1):
            yield f"{config.fat_spans.key_prefix}.{number}", "traces.fat_spans"
