"""Log types as the factory uses them: shares, severities and patterns, ready for columns."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

import numpy as np

from telemetry_generator.config.logs import LogTypeConfig, per_mille
from telemetry_generator.draws import I64, Weights
from telemetry_generator.logs.catalogue import ACCESS, Catalogue
from telemetry_generator.logs.pattern_choice import PatternChoice
from telemetry_generator.logs.patterns import Pattern
from telemetry_generator.logs.severity import SEVERITIES, Severity
from telemetry_generator.logs.staff import Staff
from telemetry_generator.logs.writers import Writers
from telemetry_generator.traces.table import SpanTable


class Place(Enum):
    """Where records of a type are written."""

    REQUESTS = auto()
    """At the end of HTTP requests."""
    SERVICES = auto()
    STORES = auto()
    HOSTS = auto()


_PLACES = {"services": Place.SERVICES, "stores": Place.STORES, "hosts": Place.HOSTS}


@dataclass(frozen=True, slots=True, eq=False)
class LogType:
    """A type of log record; access logs have no severities and patterns of their own."""

    name: str
    per_mille: int
    place: Place
    staff: Staff
    """The services that write such records."""
    machines: I64
    """The hosts or stores that do, as `Writers` numbers them."""
    severities: Weights
    choice: PatternChoice
    is_restricted: bool
    """Whether only some services write such records."""

    def filter(self, rows: I64, spans: SpanTable) -> I64:
        """Return those of the spans whose services write such records."""
        if not self.is_restricted:
            return rows
        kept: I64 = rows[np.isin(spans.service[rows], self.staff.services)]
        return kept

    @classmethod
    def of(cls, name: str, config: LogTypeConfig, catalogue: Catalogue, writers: Writers) -> Self:
        """Prepare the type that is configured like this."""
        topology = writers.topology
        weights = _weights(config.severities, catalogue.of_type(name))
        place = Place.REQUESTS if name == ACCESS else _PLACES[config.written_by]
        return cls(
            name=name,
            per_mille=per_mille(config.percentage),
            place=place,
            staff=Staff.of(topology, config.services),
            machines=writers.hosts if place is Place.HOSTS else writers.stores_of(config.services),
            severities=Weights.of(weights),
            choice=PatternChoice.of(catalogue.patterns, name, topology),
            is_restricted=bool(config.services),
        )


def _weights(configured: dict[str, int], patterns: list[Pattern]) -> list[int]:
    """Return the weight of each severity: as many as it has patterns, unless configured."""
    if configured:
        return [configured.get(severity.name, 0) for severity in SEVERITIES]
    found = [pattern.severity or Severity.INFO for pattern in patterns] or [Severity.INFO]
    return [found.count(severity) for severity in SEVERITIES]
