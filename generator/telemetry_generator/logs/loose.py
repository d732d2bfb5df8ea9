"""Where records are written when no span says so: any service, host or store, at any time."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, below_wide, chance, draw
from telemetry_generator.logs.purposes import Purpose
from telemetry_generator.logs.staff import Staff
from telemetry_generator.logs.table import NONE, Places
from telemetry_generator.traces.table import Outcome

_FAILED_PER_MILLION = 10_000
_MISSING_PER_MILLION = 20_000


@dataclass(frozen=True, slots=True)
class Loose:
    """Places outside of all spans, by the keys of the records."""

    horizon_nanos: int

    def requests(self, staff: Staff, keys: U64) -> Places:
        """Return made-up requests from outside to the HTTP operations of the staff."""
        assert staff.weights is not None
        operation = staff.requests[staff.weights.pick(draw(keys, Purpose.WHAT))]
        ending = draw(keys, Purpose.ENDING)
        missing = chance(ending, _FAILED_PER_MILLION + _MISSING_PER_MILLION)
        failed = chance(ending, _FAILED_PER_MILLION)
        outcome = np.where(failed, Outcome.FAULT, np.where(missing, Outcome.MISSING, Outcome.OK))
        instance = staff.instances.pick(staff.offering[operation], draw(keys, Purpose.INSTANCE))
        return self._places(keys, instance, operation, outcome.astype(np.int64))

    def work(self, staff: Staff, keys: U64) -> Places:
        """Return the staff at any of its work."""
        service = staff.services[below(draw(keys, Purpose.WHO), len(staff.services))]
        instance = staff.instances.pick(service, draw(keys, Purpose.INSTANCE))
        operation = staff.operations.pick(service, draw(keys, Purpose.WHAT))
        return self._places(keys, instance, operation, np.zeros(len(keys), np.int64))

    def machines(self, writers: I64, keys: U64) -> Places:
        """Return any of these writers, which are hosts or stores."""
        nothing = np.full(len(keys), NONE)
        writer = writers[below(draw(keys, Purpose.WHO), len(writers))]
        return self._places(keys, writer, nothing, np.zeros(len(keys), np.int64))

    def _places(self, keys: U64, writer: I64, operation: I64, outcome: I64) -> Places:
        nothing = np.full(len(keys), NONE)
        return Places(
            writer=writer,
            time=1 + below_wide(draw(keys, Purpose.TIME), np.full(len(keys), self.horizon_nanos)),
            span=nothing,
            operation=operation,
            outcome=outcome,
            peer=nothing,
            thread=keys,
            call=draw(keys, Purpose.CALL),
            request=draw(keys, Purpose.REQUEST),
        )
