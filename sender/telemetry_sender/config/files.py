"""Options that all sinks of files have."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_sender.config.base import Bytes, NonNegativeInt, Seconds

_PLACEHOLDERS = ("prefix", "stream", "time", "sequence")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_PLAIN = re.compile(r"[^/\x00-\x1f]*")
"""What file names may hold, and a line of output that shows them."""


class Compression(StrEnum):
    """How a file is compressed as a whole."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


class RollOptions(ConfigModel):
    """When a file is complete and the next one begins: at the first of these."""

    size: Annotated[Bytes, Field(ge=0)] = 0
    """Bytes on disk, compressed, like `512MB`; 0 means no limit. A file is only larger where a
    single record is."""
    records: NonNegativeInt = 0
    """Records; 0 means no limit."""
    every: Seconds = 0.0
    """Time that a file covers, by the events' own times, like `1h`; 0 means no limit."""

    @property
    def is_asked_for(self) -> bool:
        """Whether there may be more than one file."""
        return bool(self.size or self.records or self.every)

    @property
    def every_nanos(self) -> int:
        """The time that a file covers, in nanoseconds."""
        return round(self.every * 1e9)


class PlaceOptions(ConfigModel):
    """Where files go, what they are called, and when the next one begins."""

    directory: Annotated[Path, AfterValidator(Path.expanduser)]
    """Made if missing; `~` is the home directory. Nothing in it is overwritten."""
    prefix: str = "telemetry"
    """What names begin with."""
    name: str = "{prefix}_{stream}_{sequence}"
    """Name without its ending: {prefix}, {stream} (traces, metrics, logs, events), {time} (UTC of
    the first record, 20260131_090000), {sequence} (0001, 0002, …)."""
    roll: RollOptions = RollOptions()

    @model_validator(mode="after")
    def _tells_files_apart(self) -> Self:
        """Refuse names that two files would share."""
        found = _PLACEHOLDER.findall(self.name)
        if set("{}") & set(_PLACEHOLDER.sub("", self.name)) or not set(found) <= set(_PLACEHOLDERS):
            known = ", ".join(f"{{{each}}}" for each in _PLACEHOLDERS)
            raise MisplacedError(("name",), "holds what is no placeholder", f"use {known}")
        for needed in ("stream", "sequence") if self.roll.is_asked_for else ("stream",):
            if needed not in found:
                problem = f"{{{needed}}} is missing, so files would have the same name"
                raise MisplacedError(("name",), problem, f"add {{{needed}}}")
        return self

    @model_validator(mode="after")
    def _stays_in_its_directory(self) -> Self:
        for place in ("name", "prefix"):
            if not _PLAIN.fullmatch(getattr(self, place)):
                problem = "must be part of a plain file name"
                raise MisplacedError((place,), problem, "name another place by `directory`")
        if self.name.replace("{prefix}", self.prefix).startswith("."):
            place = "prefix" if self.prefix.startswith(".") else "name"
            problem = "makes hidden files, which are taken for unfinished ones"
            raise MisplacedError((place,), problem, "begin with something else than a dot")
        return self


class FileOptions(PlaceOptions):
    """The same, and how files are compressed as a whole."""

    compression: Compression = Compression.NONE
    """`none`, `gzip` or `zstd`, of the file as a whole; its ending says so."""
    level: Annotated[int, Field(ge=0, le=19, strict=True)] | None = None
    """How hard to compress: gzip 0 to 3, zstd 1 to 19; absent, 1."""

    @model_validator(mode="after")
    def _has_a_level(self) -> Self:
        bounds = {Compression.GZIP: (0, 3), Compression.ZSTD: (1, 19)}.get(self.compression)
        if self.level is None:
            return self
        if bounds is None:
            raise MisplacedError(("level",), "has no effect without compression", "remove it")
        if not bounds[0] <= self.level <= bounds[1]:
            problem = f"{self.compression} has the levels {bounds[0]} to {bounds[1]}"
            raise MisplacedError(("level",), problem, "choose one of them")
        return self
