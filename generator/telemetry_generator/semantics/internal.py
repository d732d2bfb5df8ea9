"""Work inside a service: https://opentelemetry.io/docs/specs/semconv/code/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.code import locate
from telemetry_generator.semantics.description import Case, Description, error_type
from telemetry_generator.semantics.holes import DIGITS
from telemetry_generator.world.attributes import Attributes


def describe(case: Case) -> Description:
    """Return what a function of a service says."""
    thread = pools.thread_name(case.service.language)
    threads = (pools.THREAD_ID, thread) if thread else ()
    return Description(
        name=case.operation.method,
        attributes=_attributes(case),
        pools=(*threads, pools.TENANT, pools.ITEMS),
        error=case.operation.fault.message if case.is_failure else None,
    )


def _attributes(case: Case) -> Attributes:
    place = locate(case.operation, case.service.language)
    return (
        ("code.function.name", place.function),
        ("code.file.path", place.file),
        ("code.line.number", place.line),
        ("app.entity.id", DIGITS[0]),
        *error_type(case.operation.fault.exception, failed=case.is_failure),
    )
