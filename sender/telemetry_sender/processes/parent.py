"""Carries out a run with several processes: one start, one set of statistics, one result."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress

import uvloop

from telemetry_common.errors import RunError
from telemetry_sender.config.processes import WhenProcessDies
from telemetry_sender.processes.account import Seen, gathered, how_it_died, left_by_dead
from telemetry_sender.processes.channel import Channel
from telemetry_sender.processes.combining import SampleCombiner
from telemetry_sender.processes.crew import Child, Crew, started
from telemetry_sender.processes.messages import (
    Begin,
    Ended,
    Failed,
    FromChild,
    Ready,
    Sampled,
    Stop,
)
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.part_replay import Templates
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.supervisor import stop_on_signals

Printer = Callable[[str], None]

# Time for all children to hear when the run begins.
_LEAD_SECONDS = 0.2
# Beyond connecting: to start Python and map the templates, on a machine under load.
_STARTING_SECONDS = 60.0
# Beyond the grace period: to close the sink and report.
_ENDING_SECONDS = 15.0


def run_together(
    orders: Sequence[Order], templates: Templates, out: Printer, observe: Observer
) -> RunResult:
    """Send with a process for each order, and return what they did together.

    Ctrl-C and SIGTERM end all of them in good order; a second one cuts them off. Raises
    StampedeError when the run cannot begin, or what keeps one of them from going on.
    """
    try:
        with (
            started(orders, templates) as crew,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            return runner.run(_carried_out(crew, out, observe))
    except OSError as error:
        problem = f"no further process can be started: {error.strerror or error}"
        raise RunError("sending.processes", problem, "use fewer processes") from None


async def _carried_out(crew: Crew, out: Printer, observe: Observer) -> RunResult:
    parent = _Parent(crew, out, observe)
    try:
        return await parent.go()
    finally:
        parent.hang_up()


class _Parent:
    """Listens to all children, and says when to begin and to stop."""

    def __init__(self, crew: Crew, out: Printer, observe: Observer) -> None:
        self._crew = crew
        self._out = out
        self._observe = observe
        self._sending = crew.children[0].order.config.sending
        self._samples = SampleCombiner(len(crew.children))
        self._seen = [Seen() for _ in crew.children]
        self._channels: dict[int, Channel] = {}
        self._ready: set[int] = set()
        self._results: dict[int, RunResult] = {}
        self._dead: set[int] = set()
        self._origin: Origin | None = None
        self._stops = 0
        self._error: BaseException | None = None
        self._changed = asyncio.Event()

    async def go(self) -> RunResult:
        """Wait until all are ready, begin, wait until all have ended."""
        before = ProcessUsage.now()
        listening = [await self._assign(child) for child in self._crew.children]
        connecting = self._crew.children[0].order.config.otlp.connect_timeout
        late = asyncio.get_running_loop().call_later(
            connecting + _STARTING_SECONDS, self._not_ready
        )
        await self._until(lambda: len(self._ready) == len(self._crew.children))
        late.cancel()
        self._begin()
        await self._until(lambda: len(self._results) == len(self._crew.children))
        # They end by themselves; one that does not is killed when the crew is dismissed.
        await asyncio.wait(listening, timeout=_ENDING_SECONDS)
        return gathered(self._results, self._decisive(), ProcessUsage.now().since(before))

    def hang_up(self) -> None:
        """Close the lines to all children, which ends those that still run."""
        for channel in self._channels.values():
            channel.abort()

    def _decisive(self) -> AbstractSet[int]:
        """Return whose outcome is that of the run: the living, where it goes on without others."""
        everybody = self._results.keys()
        if self._sending.when_process_dies is WhenProcessDies.STOP:
            return everybody
        return everybody - self._dead or everybody

    async def _assign(self, child: Child) -> asyncio.Task[None]:
        """Tell a child what to do, and begin to listen to it."""
        channel = await Channel.open(child.line)
        self._channels[child.number] = channel
        channel.send(sys.path)
        channel.send(child.assignment)
        listening = asyncio.create_task(self._listen(child, channel))
        listening.add_done_callback(self._listened)
        return listening

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            if self._error is not None:
                raise self._error
            self._changed.clear()
            await self._changed.wait()

    def _begin(self) -> None:
        self._origin = Origin(
            time.perf_counter() + _LEAD_SECONDS, time.time_ns() + round(_LEAD_SECONDS * 1e9)
        )
        stop_on_signals(self._stop)
        self._tell_all(Begin(self._origin))
        if self._sending.duration:
            self._kill_in(_LEAD_SECONDS + self._sending.duration + self._longest_end())

    def _longest_end(self) -> float:
        return self._sending.grace_period + self._sending.deferred.drain_timeout

    def _stop(self) -> None:
        """End all children in good order; the second time, cut off what is in flight."""
        self._stops += 1
        self._tell_all(Stop())
        self._kill_in(self._longest_end() if self._stops == 1 else 0.0)

    def _wind_down(self) -> None:
        if not self._stops:
            self._stop()

    def _tell_all(self, message: Begin | Stop) -> None:
        for child in self._crew.children:
            if child.number not in self._results:
                self._channels[child.number].send(message)

    def _kill_in(self, seconds: float) -> None:
        """Let no child that hangs keep the run from ending."""
        asyncio.get_running_loop().call_later(seconds + _ENDING_SECONDS, self._kill)

    def _kill(self) -> None:
        for child in self._crew.children:
            if child.number not in self._results:
                child.process.kill()

    def _not_ready(self) -> None:
        late = [child.number for child in self._crew.children if child.number not in self._ready]
        place = ", ".join(f"process {number}" for number in late)
        self._fail(RunError(place, "not ready in time", "use fewer processes, or try again"))

    def _fail(self, error: BaseException) -> None:
        self._error = self._error or error
        self._changed.set()

    async def _listen(self, child: Child, channel: Channel) -> None:
        """Take the messages of a child until it is gone."""
        with suppress(EOFError):
            while True:
                self._take(child, await channel.receive())
                self._changed.set()
        channel.abort()
        if child.number not in self._results:
            self._died(child)
            self._changed.set()

    def _listened(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _take(self, child: Child, message: FromChild) -> None:
        match message:
            case Ready():
                self._ready.add(child.number)
            case Sampled(sample):
                self._seen[child.number].add(sample)
                self._show(self._samples.add(child.number, sample))
            case Ended(result):
                self._ended(child, result)
            case Failed():
                self._fail(message.error)

    def _ended(self, child: Child, result: RunResult) -> None:
        self._results[child.number] = result
        self._show(self._samples.ended(child.number))
        if result.outcome is Outcome.FAILED and not self._goes_on_without(child):
            self._wind_down()

    def _goes_on_without(self, child: Child) -> bool:
        going_on = self._sending.when_process_dies is WhenProcessDies.CONTINUE
        return going_on and child.number in self._dead

    def _died(self, child: Child) -> None:
        death = how_it_died(child.end())
        place = f"process {child.number}"
        if self._origin is None:
            self._fail(RunError(place, f"{death} before it could begin", "try again"))
            return
        self._dead.add(child.number)
        self._print(f"{place} died: {death}")
        left = left_by_dead(self._crew.board, child, self._seen[child.number], death, self._origin)
        self._ended(child, left)

    def _show(self, samples: Iterable[Sample]) -> None:
        """Have the run observed; where that cannot be printed, it ends in good order."""
        try:
            for sample in samples:
                self._observe(sample)
        except (OSError, RunError):
            self._wind_down()

    def _print(self, line: str) -> None:
        try:
            self._out(line)
        except (OSError, RunError):
            self._wind_down()
