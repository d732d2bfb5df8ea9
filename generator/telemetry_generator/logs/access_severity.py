"""The severity of access logs, which follows the response code."""

from http import HTTPStatus

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.logs.severity import SEVERITIES, Severity
from telemetry_generator.semantics.http import status_code
from telemetry_generator.traces.table import Outcome
from telemetry_generator.world.model import Operation, Protocol, Topology


def access_severities(topology: Topology) -> I64:
    """Return the index of a severity for each operation and outcome; those of HTTP count."""
    rows = [
        [SEVERITIES.index(_severity_of(operation, outcome)) for outcome in Outcome]
        for operation in topology.operations
    ]
    return np.array(rows, np.int64)


def _severity_of(operation: Operation, outcome: Outcome) -> Severity:
    if operation.protocol is not Protocol.HTTP:
        return Severity.INFO
    code = status_code(operation, outcome)
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Severity.ERROR
    return Severity.WARN if code >= HTTPStatus.BAD_REQUEST else Severity.INFO
