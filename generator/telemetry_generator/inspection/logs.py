"""The log records of a set: their types, severities and bodies, and how many belong to spans."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, SeverityNumber

from telemetry_common.signals import Signal
from telemetry_generator.inspection.cardinality import Census
from telemetry_generator.inspection.model import LogFacts, LogSample
from telemetry_generator.inspection.resources import service_name
from telemetry_generator.reading.values import text_of

MOST_GROUPS = 200
_SAMPLES_OF_A_GROUP = 3
_LONGEST_BODY = 4_000
_UNSET = "unset"
# SeverityNumber has four steps of each of these (logs.proto).
_SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


@dataclass(slots=True)
class LogReader:
    """Counts log records as they go by, and keeps a few bodies of each type and severity."""

    census: Census
    _records: int = 0
    _with_span: int = 0
    _events: int = 0
    _body_bytes: int = 0
    _types: Counter[str] = field(default_factory=Counter)
    _severities: Counter[str] = field(default_factory=Counter)
    _services: Counter[str] = field(default_factory=Counter)
    _samples: dict[tuple[str, str], list[LogSample]] = field(default_factory=dict)

    def read(self, resources: Sequence[ResourceLogs]) -> None:
        """Count the records of some resources."""
        for group in resources:
            self.census.add((Signal.LOGS, "resource"), group.resource.attributes)
            service = service_name(group.resource)
            for scope in group.scope_logs:
                records = list(scope.log_records)
                pairs = (pair for record in records for pair in record.attributes)
                self.census.add((Signal.LOGS, "log record"), pairs)
                self._services[service] += len(records)
                for record in records:
                    self._read(record, service, scope.scope.name)

    def facts(self) -> LogFacts:
        """Return what was counted."""
        order = [*_SEVERITIES, _UNSET]
        groups = sorted(self._samples, key=lambda group: (order.index(group[1]), group[0]))
        return LogFacts(
            records=self._records,
            with_span=self._with_span,
            events=self._events,
            body_bytes=self._body_bytes,
            types=dict(self._types.most_common(MOST_GROUPS)),
            severities={name: self._severities[name] for name in order if self._severities[name]},
            services=dict(self._services.most_common(MOST_GROUPS)),
            samples=tuple(sample for group in groups for sample in self._samples[group]),
        )

    def _read(self, record: LogRecord, service: str, scope: str) -> None:
        kind, severity = _type(record, scope), severity_of(record.severity_number)
        self._records += 1
        self._with_span += bool(record.span_id)
        self._events += bool(record.event_name)
        self._body_bytes += record.body.ByteSize()
        self._types[kind] += 1
        self._severities[severity] += 1
        if self._wants_sample(kind, severity):
            self._add_sample(LogSample(kind, severity, service, _body(record)))

    def _wants_sample(self, kind: str, severity: str) -> bool:
        group = self._samples.get((kind, severity))
        if group is None:
            return len(self._samples) < MOST_GROUPS
        return len(group) < _SAMPLES_OF_A_GROUP

    def _add_sample(self, sample: LogSample) -> None:
        group = self._samples.setdefault((sample.type, sample.severity), [])
        if sample.body not in (each.body for each in group):
            group.append(sample)


def severity_of(number: int) -> str:
    """Return the name of a severity's range, such as `WARN` for 13 to 16."""
    first = SeverityNumber.SEVERITY_NUMBER_TRACE
    at = (number - first) // 4
    return _SEVERITIES[at] if 0 <= at < len(_SEVERITIES) else _UNSET


def _type(record: LogRecord, scope: str) -> str:
    """Return what a record is: its `log.type`, its event's name, or who wrote it."""
    for pair in record.attributes:
        if pair.key == "log.type":
            return text_of(pair.value)[:100]
    return (record.event_name or scope or _UNSET)[:100]


def _body(record: LogRecord) -> str:
    return text_of(record.body)[:_LONGEST_BODY]
