"""Operations of an explicit topology: what a service does, how long it takes, how it fails."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from telemetry_generator.config.base import Percentage, Section
from telemetry_generator.config.calls import Calls, Reference, Weight
from telemetry_generator.config.latency import LatencyConfig

Text = Annotated[str, Field(min_length=1, max_length=4_000)]
AttributeKey = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")]
AttributeValue = str | int | float | bool


def _code(value: Any) -> Any:
    """Return a status code as text, since YAML reads `503` as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class FaultConfig(Section):
    """How an operation fails; what is not given is as usual for its kind."""

    type: Text | None = None
    """Type of the exception."""
    message: Text | None = None
    """Message of the exception."""
    code: Annotated[str | None, BeforeValidator(_code)] = None
    """Status code that the caller sees: of HTTP (503), gRPC (UNAVAILABLE) or the database."""


class OperationConfig(Section):
    """An operation; which settings it takes depends on the kind of its service."""

    method: Text | None = None
    """HTTP or RPC method, verb of a statement, or command of a cache."""
    route: Annotated[str, Field(pattern=r"^/\S*$", max_length=400)] | None = None
    """Route of an HTTP operation, such as `/carts/{id}`."""
    rpc_service: Text | None = None
    """Full name of the gRPC service, such as `shop.cart.v1.CartService`."""
    statement: Text | None = None
    """Statement that a database runs."""
    collection: Text | None = None
    """Table or collection that the statement is about; read from the statement when absent."""
    key: Text | None = None
    """Group of keys that a command of a cache is about."""
    destination: Text | None = None
    """Topic or queue that messages are sent to."""
    consumes: Reference | None = None
    """Destination whose messages a consumer processes, as `queue.operation`."""
    group: Text | None = None
    """Consumer group that shares the messages; the service's name when absent."""
    weight: Weight = 1
    """How often it is chosen, relative to the other operations of the service."""
    latency: LatencyConfig | None = None
    """Time that it takes itself, without its calls; absent: as usual for its kind."""
    error_rate: Percentage | None = None
    """How often it fails by itself, in percent; absent: about 0.8."""
    fault: FaultConfig | None = None
    """How it fails."""
    attributes: dict[AttributeKey, AttributeValue] = Field(default_factory=dict)
    """Further attributes of its spans."""
    calls: Calls | None = Field(default=None, strict=False)
    """What it calls, in order; absent: the calls of its service."""

    @model_validator(mode="before")
    @classmethod
    def _from_nothing(cls, value: Any) -> Any:
        return {} if value is None else value
