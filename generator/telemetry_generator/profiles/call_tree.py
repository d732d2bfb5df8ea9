"""The call tree of a service: stacks share their outer frames, as a flame graph needs it.

A stack goes from the runtime through the framework to the handler of an endpoint, on through the
service's own functions, and ends in a driver, a library or the kernel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from telemetry_common.ids import derive_key
from telemetry_generator.config.profiles import StacksConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.profiles.frames import (
    KERNEL,
    Frame,
    chain,
    executable_of,
    frame_type,
    framework,
)
from telemetry_generator.semantics.code import CodeLocation, locate
from telemetry_generator.world.model import Operation, Protocol, ServiceNode, Topology

NO_OPERATION = -1
"""The operation of a thread that works for no request."""

_BACKGROUND_EVERY = 8
_BACKGROUND = ("background", "idle")
_LIBRARIES = ("json", "text", "memory")
_SYSTEM_CALLS = ("send", "receive")
_BRANCHES = 3  # how many functions each of a service's functions calls
_ATTEMPTS = 8  # draws for each stack, as some come up twice
_VERBS = (
    "load", "validate", "apply", "merge", "resolve", "convert", "filter", "collect",
    "check", "compute", "enrich", "render", "map", "build", "update", "parse",
)  # fmt: skip
_NOUNS = ("request", "items", "rules", "context", "result", "entity", "price", "page", "policy")


@dataclass(frozen=True, slots=True)
class Stack:
    """Frames, the innermost first, and the operation whose work they are."""

    frames: tuple[Frame, ...]
    operation: int


@dataclass(frozen=True)
class CallTree:
    """What a service does, as a profiler sees it."""

    service: ServiceNode
    topology: Topology
    config: StacksConfig
    seed: int

    def stacks(self) -> list[Stack]:
        """Return different stacks, the hottest first; fewer where there is too little to do."""
        found: dict[tuple[Frame, ...], Stack] = {}
        for ordinal in range(self.config.per_service * _ATTEMPTS):
            stack = self._stack(ordinal)
            found.setdefault(stack.frames, stack)
            if len(found) == self.config.per_service:
                break
        return list(found.values())

    def _stack(self, ordinal: int) -> Stack:
        turn, step = divmod(ordinal, _BACKGROUND_EVERY)
        if step == _BACKGROUND_EVERY - 1 or not self._entries:
            role = _BACKGROUND[turn % len(_BACKGROUND)]
            return Stack(tuple(reversed(self._chain(role))), NO_OPERATION)
        stream = Stream(self.seed, "stack", self.service.name, ordinal)
        operation = self._entries[(ordinal - turn) % len(self._entries)]
        frames = self._frames(operation, stream)
        return Stack(tuple(reversed(frames)), operation.number)

    def _frames(self, operation: Operation, stream: Stream) -> list[Frame]:
        """Return a stack of work, outermost first."""
        outer = [*self._chain("root"), *framework(self.service.language, self._executable)]
        inner = self._leaf(operation, stream)
        if operation.protocol is Protocol.INTERNAL:
            inner.insert(0, self._own(locate(operation, self.service.language)))
            operation = self._handled_by(operation, stream)
        outer.append(self._own(locate(operation, self.service.language)))
        spread = self.config.max_depth - self.config.min_depth + 1
        depth = self.config.min_depth + stream.below(spread)
        length = max(0, depth - len(outer) - len(inner))
        return [*outer, *self._path(operation.number, length, stream), *inner]

    def _handled_by(self, function: Operation, stream: Stream) -> Operation:
        """Return an endpoint in which a function may be called."""
        endpoints = self.service.endpoints
        return self.topology.operations[stream.pick(endpoints)] if endpoints else function

    def _path(self, start: int, length: int, stream: Stream) -> Iterator[Frame]:
        """Yield the service's functions on a way down from an operation."""
        at = start
        for _ in range(length):
            branch = stream.below(_BRANCHES)
            word = derive_key(self.seed, "calls", self.service.name, at, branch)
            at = word % self.config.functions_per_service
            yield self._function(at)

    def _function(self, number: int) -> Frame:
        """Return function `number` of the service's own."""
        verb = _VERBS[number % len(_VERBS)]
        turn, noun = divmod(number // len(_VERBS), len(_NOUNS))
        name = f"{verb}_{_NOUNS[noun]}" + (f"_{turn}" if turn else "")
        line = 20 + derive_key(0, "line", name) % 400
        module = f"app.{_module(self.service.name)}"
        return self._own(CodeLocation(module, name, self._file, line))

    def _leaf(self, operation: Operation, stream: Stream) -> list[Frame]:
        """Return where a stack ends: in a call to another service, or in a library."""
        called = self._called(operation, stream)
        if called is None or stream.chance(50):
            return self._chain(stream.pick(_LIBRARIES))
        caller = self._own(locate(called, self.service.language))
        system = chain(KERNEL, stream.pick(_SYSTEM_CALLS), self._executable)
        driver = self._chain(called.protocol.value)
        return [caller, *driver, *(system if stream.chance(50) else [])]

    def _called(self, operation: Operation, stream: Stream) -> Operation | None:
        """Return something that an operation may call in another service, None for nothing."""
        if operation.calls:
            numbers = stream.pick(operation.calls).operations
        elif self.service.callees and not self.topology.is_explicit:
            numbers = self.topology.services[stream.pick(self.service.callees)].endpoints
        else:
            numbers = ()
        return self.topology.operations[stream.pick(numbers)] if numbers else None

    def _chain(self, role: str) -> list[Frame]:
        return chain(self.service.language, role, self._executable)

    def _own(self, place: CodeLocation) -> Frame:
        kind = frame_type(self.service.language)
        return Frame(place.function, place.file, place.line, kind, self._executable)

    @cached_property
    def _entries(self) -> tuple[Operation, ...]:
        """What the service does: its endpoints and functions."""
        numbers = (*self.service.endpoints, *self.service.functions)
        return tuple(self.topology.operations[number] for number in numbers)

    @cached_property
    def _executable(self) -> str:
        return executable_of(self.service.name, self.service.language)

    @cached_property
    def _file(self) -> str:
        return f"/srv/app/{_module(self.service.name)}"


def _module(service: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in service)
