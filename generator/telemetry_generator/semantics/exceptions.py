"""Exceptions: their messages and stack traces, as the runtime of each language prints them."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from telemetry_generator.semantics.code import CodeLocation, locate
from telemetry_generator.tables import read_table
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Operation


class Frame(NamedTuple):
    """A line of a stack trace."""

    function: str
    file: str
    line: int


def exception_attributes(operation: Operation, language: str) -> Attributes:
    """Return type, message and stack trace of the operation's fault in code of `language`."""
    fault = operation.fault
    heading = f"{fault.exception}: {fault.message}"
    return (
        ("exception.type", fault.exception),
        ("exception.message", fault.message),
        ("exception.stacktrace", stack_trace(heading, locate(operation, language), language)),
    )


def stack_trace(heading: str, place: CodeLocation, language: str) -> str:
    """Return the stack trace of an exception thrown at `place`; several lines."""
    thrower = Frame(place.function, place.file, place.line)
    frames = [thrower, *_framework_frames().get(language, ())]
    return _PRINTERS.get(language, _plain)(heading, frames)


@cache
def _framework_frames() -> dict[str, tuple[Frame, ...]]:
    """Return the frames above a service's own code, innermost first, by language."""
    frames: dict[str, tuple[Frame, ...]] = {}
    for row in read_table("stack_frames"):
        frame = Frame(row["function"], row["file"], int(row["line"]))
        frames[row["language"]] = (*frames.get(row["language"], ()), frame)
    return frames


def _java(heading: str, frames: Sequence[Frame]) -> str:
    lines = (
        f"\tat {function}({file.rpartition('/')[2]}:{line})" for function, file, line in frames
    )
    return "\n".join([heading, *lines])


def _go(heading: str, frames: Sequence[Frame]) -> str:
    lines = (f"{function}(...)\n\t{file}:{line}" for function, file, line in frames)
    return "\n".join([heading, "", "goroutine 71 [running]:", *lines])


def _python(heading: str, frames: Sequence[Frame]) -> str:
    lines = (
        f'  File "{file}", line {line}, in {function.rpartition(".")[2]}'
        for function, file, line in reversed(frames)
    )
    return "\n".join(["Traceback (most recent call last):", *lines, heading])


def _nodejs(heading: str, frames: Sequence[Frame]) -> str:
    lines = (f"    at {function} ({file}:{line}:17)" for function, file, line in frames)
    return "\n".join([heading, *lines])


def _dotnet(heading: str, frames: Sequence[Frame]) -> str:
    lines = (f"   at {function} in {file}:line {line}" for function, file, line in frames)
    return "\n".join([heading, *lines])


def _ruby(heading: str, frames: Sequence[Frame]) -> str:
    first, *rest = (f"{file}:{line}:in '{function}'" for function, file, line in frames)
    return "\n".join([f"{first}: {heading}", *(f"\tfrom {line}" for line in rest)])


def _plain(heading: str, frames: Sequence[Frame]) -> str:
    return "\n".join([heading, *(f"  at {frame.function} ({frame.file})" for frame in frames)])


_PRINTERS: dict[str, Callable[[str, Sequence[Frame]], str]] = {
    "java": _java,
    "go": _go,
    "python": _python,
    "nodejs": _nodejs,
    "dotnet": _dotnet,
    "ruby": _ruby,
}
