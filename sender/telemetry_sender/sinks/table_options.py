"""Options of the sinks that write tables; needs no pyarrow, so that they can be listed."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from telemetry_common.config import MisplacedError
from telemetry_sender.config.files import PlaceOptions

_TIME_PARTITIONS = ("date", "hour")


class TableOptions(PlaceOptions):
    """What the files of all tables have in common."""

    row_group: Annotated[int, Field(ge=1, le=1 << 20, strict=True)] = 1 << 18
    """Most rows that are written together; so many wait in memory, for each table."""
    ids: Literal["hex", "binary"] = "hex"
    """How trace and span ids are written: as hexadecimal digits, or as their 16 or 8 bytes."""
    columns: Annotated[tuple[str, ...], Field(max_length=1_000)] = ()
    """Keys of attributes that have columns of their own: of the event, else of its resource."""
    partition_by: Annotated[tuple[str, ...], Field(max_length=4)] = ()
    """Columns by whose values rows are put into directories, one within the other, like
    `service=cart/date=2026-01-01`: columns of text, `columns`, `date` and `hour` (UTC)."""

    @model_validator(mode="after")
    def _tells_partitions_apart(self) -> Self:
        for name in self.partition_by:
            if self.partition_by.count(name) > 1:
                raise MisplacedError(("partition_by",), f"has {name!r} twice", "remove one")
            if name in _TIME_PARTITIONS and name in self.columns:
                problem = f"{name!r} would be a column and a part of the time"
                raise MisplacedError(("partition_by",), problem, "remove it from one of them")
        return self


class ParquetCompression(StrEnum):
    """How Parquet compresses pages."""

    ZSTD = "zstd"
    SNAPPY = "snappy"
    GZIP = "gzip"
    LZ4 = "lz4"
    NONE = "none"


class ParquetOptions(TableOptions):
    """Options of `parquet`."""

    compression: ParquetCompression = ParquetCompression.ZSTD
    """`zstd`, `snappy`, `gzip`, `lz4` or `none`, of each page."""
    level: Annotated[int, Field(ge=1, le=22, strict=True)] | None = None
    """How hard to compress: zstd 1 to 22, gzip 1 to 9; absent, 1."""
    dictionaries: bool = True
    """Whether each distinct text is written once in a row group."""
    statistics: bool = True
    """Whether row groups say the least and the greatest of their times, numbers and short texts,
    so that readers can leave them out."""

    @model_validator(mode="after")
    def _has_a_level(self) -> Self:
        _check_level(self.level, {"zstd": 22, "gzip": 9}.get(self.compression), self.compression)
        return self


class ArrowCompression(StrEnum):
    """How Arrow compresses columns."""

    NONE = "none"
    LZ4 = "lz4"
    ZSTD = "zstd"


class ArrowOptions(TableOptions):
    """Options of `arrow`."""

    compression: ArrowCompression = ArrowCompression.NONE
    """`none`, so that readers map files into memory; `lz4` or `zstd`, of each column."""
    level: Annotated[int, Field(ge=1, le=22, strict=True)] | None = None
    """How hard to compress: zstd 1 to 22; absent, 1."""
    stream: bool = False
    """Whether files have the streaming format, which is read from front to back, and end with
    `.arrows`."""

    @model_validator(mode="after")
    def _has_a_level(self) -> Self:
        most = 22 if self.compression is ArrowCompression.ZSTD else None
        _check_level(self.level, most, self.compression)
        return self


def _check_level(level: int | None, most: int | None, compression: str) -> None:
    if level is None:
        return
    if most is None:
        raise MisplacedError(("level",), f"has no effect on {compression}", "remove it")
    if level > most:
        problem = f"{compression} has the levels 1 to {most}"
        raise MisplacedError(("level",), problem, "choose one of them")
