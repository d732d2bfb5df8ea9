"""Messages sent and processed: https://opentelemetry.io/docs/specs/semconv/messaging/kafka/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.description import Case, Description, error_type, server_address
from telemetry_generator.semantics.holes import DIGITS, HEX, OFFSET
from telemetry_generator.traces.table import Kind
from telemetry_generator.world.attributes import Attributes

PORTS = {"kafka": 9092, "rabbitmq": 5672, "pulsar": 6650, "activemq": 61616, "aws_sqs": 9324}
"""Default ports by `messaging.system`."""

_SYSTEM = "kafka"
_PARTITIONED = frozenset({"kafka", "pulsar"})


def describe(case: Case) -> Description:
    """Return what sending or processing a message says."""
    queue = case.queue or case.service
    system = queue.system or _SYSTEM
    action = "process" if case.kind is Kind.CONSUMER else "send"
    partition = (pools.PARTITION,) if system in _PARTITIONED else ()
    return Description(
        name=f"{action} {case.operation.target}",
        attributes=(
            *_message(case, system, action),
            ("server.address", server_address(queue)),
            ("server.port", PORTS.get(system, PORTS[_SYSTEM])),
        ),
        pools=(*partition, pools.MESSAGE_BODY),
        error=case.operation.fault.message if case.is_failure else None,
    )


def _message(case: Case, system: str, action: str) -> Attributes:
    fault = case.operation.fault
    return (
        ("messaging.system", system),
        ("messaging.operation.name", action),
        ("messaging.operation.type", action),
        ("messaging.destination.name", case.operation.target),
        ("messaging.message.id", "".join(HEX)),
        *(_consumer(case) if case.kind is Kind.CONSUMER else ()),
        *(_kafka() if system == _SYSTEM else ()),
        *error_type(fault.code or fault.exception, failed=case.is_failure),
    )


def _consumer(case: Case) -> Attributes:
    return (
        ("messaging.consumer.group.name", case.operation.text or case.service.name),
        ("messaging.client.id", f"{case.service.name}-consumer"),
        ("messaging.batch.message_count", 1),
    )


def _kafka() -> Attributes:
    return (("messaging.kafka.message.key", DIGITS[0]), ("messaging.kafka.offset", OFFSET))
