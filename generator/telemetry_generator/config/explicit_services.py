"""Services of an explicit topology, and where requests enter it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from telemetry_generator.config.base import Label, Section
from telemetry_generator.config.calls import Calls, Reference, Weight, as_list
from telemetry_generator.config.operations import (
    AttributeKey,
    AttributeValue,
    OperationConfig,
    Text,
)
from telemetry_generator.world.model import ServiceKind

OperationName = Annotated[str, Field(min_length=1, max_length=200)]


class ExplicitServiceConfig(Section):
    """A service by its name; everything has a default that follows from name and kind."""

    kind: ServiceKind | None = Field(default=None, strict=False)
    """`http`, `grpc`, `database`, `cache`, `queue` or `consumer`; absent: what the name tells."""
    system: str | None = None
    """What a database, cache or queue is: `mysql`, `memcached`, `rabbitmq`, …."""
    namespace: Label | None = None
    """Namespace of the service; absent: `shop`."""
    language: str | None = None
    """`java`, `go`, `python`, `nodejs` or `dotnet`; absent: drawn."""
    version: Text | None = None
    """Version of the service; absent: drawn."""
    replicas: Annotated[int, Field(gt=0, le=1_000)] | None = None
    """Number of replicas; absent: that of the infrastructure."""
    resource_attributes: dict[AttributeKey, AttributeValue] = Field(default_factory=dict)
    """Further attributes of its resource."""
    operations: dict[OperationName, OperationConfig] = Field(default_factory=dict)
    """What others can ask of it, by name; absent: as usual for its kind."""
    functions: dict[OperationName, OperationConfig] = Field(default_factory=dict)
    """What it does inside, for its own operations to call as `self.name`."""
    calls: Calls = Field(default=(), strict=False)
    """What each of its operations calls that has no calls of its own."""
    consumes: Annotated[tuple[Reference, ...], BeforeValidator(as_list)] = Field(
        default=(), strict=False
    )
    """For a consumer without operations: the destinations whose messages it processes."""
    group: Text | None = None
    """Consumer group of a consumer; its name when absent."""

    @model_validator(mode="before")
    @classmethod
    def _from_nothing(cls, value: Any) -> Any:
        return {} if value is None else value


class EntryConfig(Section):
    """Where requests enter. A plain text is short for `{to: text}`."""

    to: Reference
    """`service` or `service.operation`."""
    weight: Weight = 1
    """How often requests enter here, relative to the other places."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value
