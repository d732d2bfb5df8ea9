"""What becomes of each request, whichever protocol brought it: faults, capacity, intake, answer."""

import asyncio
import time
from collections.abc import Callable

from telemetry_common.signals import Signal
from telemetry_sender.receiver.answers import (
    ACCEPTED,
    Answer,
    Garbage,
    PartlyAccepted,
    Refused,
    Severed,
)
from telemetry_sender.receiver.capacity import Capacity, Limit, Unit
from telemetry_sender.receiver.faults.actions import (
    Close,
    Hang,
    LoseAnswer,
    Refuse,
    Reject,
    SpoilAnswer,
)
from telemetry_sender.receiver.faults.counts import FaultCounts
from telemetry_sender.receiver.faults.plan import FaultPlan, Ruling
from telemetry_sender.receiver.intake import Intake, UndecodableError
from telemetry_sender.receiver.payloads import count_events, without_first
from telemetry_sender.receiver.statuses import Code, status_of_code

_AT_CAPACITY = "capacity"
"""The name under which the report counts what was refused for lack of capacity."""
_REJECTED = "rejected on request"

_INVALID = status_of_code(Code.INVALID_ARGUMENT)
_EXHAUSTED = status_of_code(Code.RESOURCE_EXHAUSTED)
_UNAVAILABLE = status_of_code(Code.UNAVAILABLE)


class Reception:
    """Takes requests from the servers into the intake.

    A request that is refused is not taken, so that its retry is no duplicate. `clock` counts
    seconds and never goes back.
    """

    def __init__(
        self,
        intake: Intake,
        faults: FaultPlan | None = None,
        limit: Limit | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts = FaultCounts()
        self._intake = intake
        self._faults = faults or FaultPlan()
        self._capacity = None if limit is None else Capacity(limit)
        self._clock = clock
        self._first_request: float | None = None
        self._closing = asyncio.Event()

    @property
    def slow_reads(self) -> bool:
        """Whether a ruling may ask to leave a body unread."""
        return self._faults.slow_reads

    def close(self) -> None:
        """Give up the requests that hang."""
        self._closing.set()

    def rule(self, signal: Signal) -> Ruling:
        """Return what happens to the request that begins now; asked once for each."""
        now = self._clock()
        if self._first_request is None:
            self._first_request = now
        ruling = self._faults.rule(signal, now - self._first_request)
        if ruling.faults:
            self.counts.requests.update(ruling.faults)
        return ruling

    def refuse_undecodable(self, signal: Signal, problem: str) -> Refused:
        """Count a request that could not even be made into protobuf, and return its answer."""
        self._intake.tally.undecodable[signal] += 1
        return Refused(_INVALID, problem)

    async def answer(self, signal: Signal, payload: bytes, ruling: Ruling) -> Answer:
        """Take one request as ruled, and return its answer."""
        if ruling.wait_seconds:
            await asyncio.sleep(ruling.wait_seconds)
        try:
            if ruling.ending is not None:
                return await self._end(signal, payload, ruling)
            return await self._accept(signal, payload)
        except UndecodableError as error:
            return Refused(_INVALID, str(error))

    async def _end(self, signal: Signal, payload: bytes, ruling: Ruling) -> Answer:
        match ruling.ending:
            case Refuse(status, retry_after):
                return Refused(status, f"{ruling.faults[-1]} on request", retry_after)
            case Close():
                return Severed()
            case Hang():
                await self._closing.wait()
                return Refused(_UNAVAILABLE, "the receiver ends")
            case LoseAnswer():
                return await self._accept(signal, payload, Severed())
            case SpoilAnswer():
                return await self._accept(signal, payload, Garbage())
            case reject:
                assert isinstance(reject, Reject)
                return await self._accept_partly(signal, payload, reject)

    async def _accept_partly(self, signal: Signal, payload: bytes, reject: Reject) -> Answer:
        try:
            rest, rejected, events = without_first(signal, payload, reject)
        except UndecodableError:
            return await self._accept(signal, payload)
        answer = await self._accept(signal, rest, PartlyAccepted(rejected, _REJECTED))
        if isinstance(answer, PartlyAccepted):
            self.counts.rejected_events[signal] += events
        return answer

    async def _accept(self, signal: Signal, payload: bytes, answer: Answer = ACCEPTED) -> Answer:
        """Take a request for which there is capacity; return `answer` then."""
        if self._capacity is not None:
            amount = _amount(self._capacity.limit.unit, signal, payload)
            admission = self._capacity.admit(self._clock(), amount)
            if not admission.admitted:
                self.counts.requests[_AT_CAPACITY] += 1
                return Refused(_EXHAUSTED, "at capacity", admission.seconds)
            await asyncio.sleep(admission.seconds)
        self._intake.take(signal, payload)
        return answer


def _amount(unit: Unit, signal: Signal, payload: bytes) -> int:
    """Return what a request takes of the capacity; nothing when the intake will not decode it."""
    if unit is not Unit.EVENTS:
        return len(payload) if unit is Unit.BYTES else 1
    try:
        return count_events(signal, payload)
    except UndecodableError:
        return 0
