"""Frames of stacks: what runtimes, frameworks and drivers of each language look like."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from telemetry_generator.tables import read_table

KERNEL = "kernel"
NATIVE = "native"
_KERNEL_IMAGE = "[kernel.kallsyms]"
_LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6"
_OWN_BINARY = "/app/{service}"
_EXECUTABLES = {
    "java": "/usr/lib/jvm/java-21-openjdk/bin/java",
    "python": "/usr/local/bin/python3.12",
    "nodejs": "/usr/local/bin/node",
    "dotnet": "/usr/share/dotnet/dotnet",
    "ruby": "/usr/local/bin/ruby",
}
_FRAME_TYPES = {
    "java": "jvm",
    "go": "go",
    "python": "cpython",
    "nodejs": "v8js",
    "dotnet": "dotnet",
    "ruby": "ruby",
}


class Frame(NamedTuple):
    """A place in code that a stack goes through."""

    function: str
    file: str
    line: int
    """0 where it is not known."""
    type: str
    """A value of `profile.frame.type`."""
    image: str
    """The file that was mapped into memory."""


def executable_of(service: str, language: str) -> str:
    """Return the path of what a service's process runs."""
    return _EXECUTABLES.get(language, _OWN_BINARY.format(service=service))


def frame_type(language: str) -> str:
    """Return the `profile.frame.type` of code in this language."""
    return _FRAME_TYPES.get(language, NATIVE)


def chain(language: str, role: str, executable: str) -> list[Frame]:
    """Return the frames of a role, outermost first; those of the runtime are in `executable`."""
    rows = _chains().get((_known(language), role), ())
    return [
        Frame(row["function"], row["file"], int(row["line"]), row["type"], _image(row, executable))
        for row in rows
    ]


def framework(language: str, executable: str) -> list[Frame]:
    """Return the frames between a runtime and a service's handlers, outermost first."""
    rows = [row for row in read_table("stack_frames") if row["language"] == language]
    return [
        Frame(row["function"], row["file"], int(row["line"]), frame_type(language), executable)
        for row in reversed(rows)
    ]


def _image(row: Mapping[str, str], executable: str) -> str:
    if row["type"] == KERNEL:
        return _KERNEL_IMAGE
    is_allocator = row["type"] == NATIVE and row["role"] == "memory"
    return _LIBC if is_allocator else executable


def _known(language: str) -> str:
    return language if language in _FRAME_TYPES or language == KERNEL else NATIVE


@cache
def _chains() -> dict[tuple[str, str], tuple[Mapping[str, str], ...]]:
    chains: dict[tuple[str, str], tuple[Mapping[str, str], ...]] = {}
    for row in read_table("profile_frames"):
        key = row["language"], row["role"]
        chains[key] = (*chains.get(key, ()), row)
    return chains
