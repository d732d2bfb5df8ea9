"""Work inside a service: https://opentelemetry.io/docs/specs/semconv/code/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.code import locate
from telemetry_generator.semantics.description import Case, Description, error_type
from telemetry_generator.semantics.holes import DIGITS
from telemetry_generator.world.attributes import Attributes


def describe(case: Case) -> Description:
    """Return what a function of a service says."""
    fault = case.operation.fault
    source = locate(case.operation, case.service.language)
    attributes: Attributes = (
        ("code.function.name", source.function),
        ("code.file.path", source.file),
        ("code.line.number", source.line),
        ("app.entity.id", DIGITS[0]),
        *error_type(fault.exception, failed=case.is_failure),
    )
    thread = pools.thread_name(case.service.language)
    threads = (pools.THREAD_ID, thread) if thread else ()
    return Description(
        name=case.operation.method,
        attributes=attributes,
        pools=(*threads, pools.TENANT, pools.ITEMS),
        error=fault.message if case.is_failure else None,
    )
