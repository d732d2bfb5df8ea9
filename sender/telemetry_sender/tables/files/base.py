"""What a file format of tables is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EIO
from typing import Any, Protocol

from telemetry_sender.tables.arrow import pa


class TableWriter(Protocol):
    """Writes one file, as pyarrow's writers do."""

    def write_batch(self, batch: pa.RecordBatch, /) -> None:
        """Write rows as one group."""
        ...

    def close(self) -> None:
        """Write what a file ends with."""
        ...


@dataclass(frozen=True, slots=True)
class TableFormat:
    """One way to write tables into a file."""

    name: str
    """Of its sink."""
    suffix: str
    """What names end with, without a dot."""
    open: Callable[[Any, pa.Schema], TableWriter]
    """Begins a file in something that pyarrow can write to."""
    shares_texts: bool
    """Whether the texts of columns are written once a file, and all groups refer to them;
    otherwise each group has its own."""


@contextmanager
def as_os_errors() -> Iterator[None]:
    """Make OSError of everything that pyarrow raises."""
    try:
        yield
    except OSError:
        raise
    except pa.ArrowException as error:
        raise OSError(EIO, " ".join(str(error).split())) from None
