"""Settings of how many processes send, and which part of a run this instance sends."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from telemetry_common.errors import ConfigError
from telemetry_sender.config.base import PositiveInt
from telemetry_sender.machine import available_cpus
from telemetry_sender.sending.part import WHOLE, Part

_MAX_PROCESSES = 1024

INDEX_VARIABLE = "JOB_COMPLETION_INDEX"
"""Kubernetes sets it in the pods of an Indexed Job (https://kubernetes.io/docs/concepts/workloads/
controllers/job/#completion-mode)."""


class WhenProcessDies(StrEnum):
    """What becomes of a run when one of its processes dies."""

    STOP = "stop"
    """The others end in good order, and the run has failed."""
    CONTINUE = "continue"
    """The others go on with their parts."""


def _checked_shard(text: str) -> str:
    index, _, count = text.partition("/")
    if not count.isdecimal() or not (index == "auto" or index.isdecimal()):
        raise ValueError("a shard like 0/4 is needed, or auto/4")
    if not int(count):
        raise ValueError("there is no run of 0 shards")
    if index != "auto" and int(index) >= int(count):
        raise ValueError(f"shards are numbered from 0, so the last one is {int(count) - 1}/{count}")
    return text


Processes = Annotated[
    Annotated[PositiveInt, Field(le=_MAX_PROCESSES), Tag("number")]
    | Annotated[Literal["auto"], Tag("word")],
    Discriminator(lambda value: "word" if value == "auto" else "number"),
]
Shard = Annotated[str, AfterValidator(_checked_shard)]


def process_count(setting: int | str) -> int:
    """Return how many processes send: for `auto` all CPUs but one, which the parent may need."""
    if isinstance(setting, int):
        return setting
    return max(1, available_cpus() - 1)


def shard_part(shard: str | None, environ: Mapping[str, str]) -> Part:
    """Return which part of the run this instance sends.

    Raises ConfigError for `auto` where the environment does not tell, or tells nonsense.
    """
    if shard is None:
        return WHOLE
    index, _, count = shard.partition("/")
    if index == "auto":
        index = environ.get(INDEX_VARIABLE, "")
        if not index.isdecimal() or int(index) >= int(count):
            raise _no_index(index, count)
    return Part(int(index), int(count))


def _no_index(index: str, count: str) -> ConfigError:
    problem = (
        f"{INDEX_VARIABLE} is {index!r}, not a number below {count}"
        if index
        else (f"{INDEX_VARIABLE} is not set")
    )
    return ConfigError(
        f"sending.shard auto/{count}",
        problem,
        f"run it in an Indexed Job of {count} completions, or give the number of the shard",
    )
