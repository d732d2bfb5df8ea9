"""The attributes that the configuration adds to spans."""

from collections.abc import Iterator, Sequence

from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.encode.cardinality_attribute import CardinalityAttribute
from telemetry_generator.encode.custom_attributes import CustomAttributes
from telemetry_generator.encode.fat_attributes import FatAttributes
from telemetry_generator.encode.span_parts import SpanAttributes, SpanPart


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
        for key in config.custom_attributes.attribute_keys():
            yield key, "traces.custom_attributes"
    if config.fat_spans:
        for key in config.fat_spans.attribute_keys():
            yield key, "traces.fat_spans"
