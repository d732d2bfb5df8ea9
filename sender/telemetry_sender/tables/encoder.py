"""Makes rows of tables out of stamped blocks: what is the same in every pass is decoded once."""

from dataclasses import dataclass, replace

import numpy as np

from telemetry_common.planning.cut import Block
from telemetry_common.planning.wire import Offsets
from telemetry_common.planning.words import view_words
from telemetry_common.template import Template
from telemetry_sender.stamping.places import Places
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.batch import Rows, TableBatch, first_time
from telemetry_sender.tables.columns.base import StampedRows
from telemetry_sender.tables.decoding import DecodedTable, Decoder
from telemetry_sender.tables.schemas.table import TableForm

DEFAULT_FORM = TableForm()


@dataclass(frozen=True, slots=True)
class BlockRows:
    """Which rows a block has, and where: n of them."""

    starts: Offsets
    """Where their events begin in the block, (n,)."""
    inside: slice
    """Which rows of the template they are."""
    size: int
    """Bytes of the block."""

    def repeated(self, times: int) -> "BlockRows":
        """Return the rows of as many such blocks, one behind another."""
        begins = np.arange(times)[:, np.newaxis] * self.size
        starts = (begins + self.starts).reshape(-1)
        inside = slice(self.inside.start, self.inside.start + len(starts))
        return BlockRows(starts, inside, self.size * times)


@dataclass(frozen=True, slots=True)
class StampedTable:
    """One table of a template, whose rows are filled in for each pass."""

    decoded: DecodedTable
    arrow: pa.Schema

    @classmethod
    def of(cls, decoded: DecodedTable) -> "StampedTable":
        """Return the table with the schema that its columns give."""
        fields = [
            pa.field(name, source.type)
            for name, source in zip(decoded.names, decoded.sources, strict=True)
        ]
        return cls(decoded, pa.schema(fields))

    def find(self, block: Block) -> BlockRows | None:
        """Find the rows of a block; None where it has none."""
        places = Places.find(self.decoded.start, block)
        if not places:
            return None
        starts, first = places.at(self.decoded.start), places.runs[0][0].start
        return BlockRows(starts, slice(first, first + len(starts)), block.size)

    def rows(self, found: BlockRows, *stamped: bytes) -> Rows:
        """Return the rows that were found in a stamped block.

        If they are all of the table, of several passes too: as many as it is `repeated`.
        """
        rows = found if len(stamped) == 1 else found.repeated(len(stamped))
        words = view_words(stamped[0] if len(stamped) == 1 else b"".join(stamped), rows.size)
        held = StampedRows(words, rows.starts)
        arrays = [source.array(held, rows.inside) for source in self.decoded.sources]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self.arrow)
        return Rows(self.stream, batch, first_time(batch))

    def repeated(self, times: int) -> "StampedTable":
        """Return the table of as many passes, to make the rows of which at once."""
        sources = tuple(source.repeated(times) for source in self.decoded.sources)
        return replace(self, decoded=replace(self.decoded, sources=sources))

    def __len__(self) -> int:
        """Return the rows of a pass."""
        return len(self.decoded.start)

    @property
    def stream(self) -> str:
        """What the table is of."""
        return str(self.decoded.schema.stream)


class TableEncoder:
    """Makes tables of the stamped blocks of one template.

    All of the template is decoded before the first rows are made, because batches share their
    dictionaries, and what is written must not depend on how far one got beforehand.
    """

    def __init__(self, template: Template, form: TableForm = DEFAULT_FORM) -> None:
        """Decode nothing yet. Raises ValueError for profiles, which have no table."""
        self._decoder: Decoder | None = Decoder(template, form)
        self._tables: tuple[StampedTable, ...] = ()

    def prepare(self, block: Block) -> None:
        """Decode the template up to the end of a block. Raises TemplateError."""
        if self._decoder is not None:
            self._decoder.read(block.last)

    @property
    def tables(self) -> tuple[StampedTable, ...]:
        """All tables of the template, which is decoded to its end. Raises TemplateError."""
        if self._decoder is not None:
            self._tables = tuple(map(StampedTable.of, self._decoder.finish()))
            # What it remembers takes more memory than the columns.
            self._decoder = None
        return self._tables

    def table(self, stream: str) -> StampedTable:
        """Return the table of a stream. Raises TemplateError; KeyError for another signal's."""
        return {table.stream: table for table in self.tables}[stream]

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> TableBatch:  # noqa: ARG002
        """Return the rows of a stamped block. Raises TemplateError."""
        found = ((table, table.find(block)) for table in self.tables)
        return TableBatch(table.rows(rows, stamped) for table, rows in found if rows is not None)
