"""Messages sent and processed: https://opentelemetry.io/docs/specs/semconv/messaging/kafka/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.description import Case, Description, error_type, server_address
from telemetry_generator.semantics.holes import DIGITS, HEX, OFFSET
from telemetry_generator.traces.table import Kind
from telemetry_generator.world.attributes import Attributes

PORTS = {"kafka": 9092, "rabbitmq": 5672, "pulsar": 6650, "activemq": 61616}
"""Default ports by `messaging.system`."""

_SYSTEM = "kafka"


def describe(case: Case) -> Description:
    """Return what sending or processing a message says."""
    operation = case.operation
    action = "process" if case.kind is Kind.CONSUMER else "send"
    queue = case.queue or case.service
    system = queue.system or _SYSTEM
    attributes: Attributes = (
        ("messaging.system", system),
        ("messaging.operation.name", action),
        ("messaging.operation.type", action),
        ("messaging.destination.name", operation.target),
        ("messaging.message.id", "".join(HEX)),
        *(_consumer(case) if case.kind is Kind.CONSUMER else ()),
        *(_kafka() if system == _SYSTEM else ()),
        *error_type(operation.fault.code or operation.fault.exception, failed=case.is_failure),
        ("server.address", server_address(queue)),
        ("server.port", PORTS.get(system, PORTS[_SYSTEM])),
    )
    return Description(
        name=f"{action} {operation.target}",
        attributes=attributes,
        pools=(pools.PARTITION, pools.MESSAGE_BODY),
        error=operation.fault.message if case.is_failure else None,
    )


def _consumer(case: Case) -> Attributes:
    return (
        ("messaging.consumer.group.name", case.operation.text or case.service.name),
        ("messaging.client.id", f"{case.service.name}-consumer"),
        ("messaging.batch.message_count", 1),
    )


def _kafka() -> Attributes:
    return (("messaging.kafka.message.key", DIGITS[0]), ("messaging.kafka.offset", OFFSET))
