"""Holds late requests back until they are due, so many that memory stays bounded."""

import asyncio
import heapq

from telemetry_sender.clock import Clock
from telemetry_sender.sending.request import Request

# Event loops count timers in milliseconds; shorter waits would spin.
_SHORTEST_WAIT = 0.001


class DeferredQueue:
    """Requests that wait for the moment when they are due, the earliest first.

    They wait as bytes: once stamped, a trace's time need not be remembered until its root goes out.
    """

    def __init__(self, max_pending: int, clock: Clock, origin: float) -> None:
        """Hold at most `max_pending` events; the run started at the clock's second `origin`."""
        self._room = max_pending
        self._clock = clock
        self._origin = origin
        self._heap: list[tuple[float, int, Request]] = []
        self._number = 0
        self._is_closed = False
        self._changed = asyncio.Event()
        # Of those who take only the first in line watches.
        self._line = asyncio.Lock()

    def put(self, request: Request) -> bool:
        """Hold a request back until it is due; False when there is no room for its events."""
        if request.events > self._room or self._is_closed:
            return False
        self._room -= request.events
        # The number keeps requests of the same moment in order.
        self._number += 1
        heapq.heappush(self._heap, (request.due, self._number, request))
        self._changed.set()
        return True

    async def take(self) -> Request | None:
        """Wait for the next request that is due; None when there are no more to come."""
        async with self._line:
            while self._heap or not self._is_closed:
                self._changed.clear()
                if not self._heap:
                    await self._changed.wait()
                elif (left := self._left()) > 0:
                    await self._clock.wait(self._changed, max(left, _SHORTEST_WAIT))
                else:
                    return self._next()
        return None

    def close(self) -> None:
        """Expect no further requests: those who take end when all are taken."""
        self._is_closed = True
        self._changed.set()

    def drain(self) -> list[Request]:
        """Close, and return what still waits, the earliest first."""
        self.close()
        return [self._next() for _ in range(len(self._heap))]

    def _left(self) -> float:
        """Return the seconds until the first request is due."""
        return self._heap[0][0] + self._origin - self._clock.seconds()

    def _next(self) -> Request:
        _, _, request = heapq.heappop(self._heap)
        self._room += request.events
        return request
