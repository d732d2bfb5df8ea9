"""Parquet: row groups, dictionaries of text, statistics to skip groups by."""

from collections.abc import Iterator
from typing import Any

from pyarrow import parquet

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.files.base import TableFormat, TableWriter

_UNORDERED = frozenset({"attributes", "body", "resource", "parent_span_id", "span_id", "trace_id"})
"""Columns of which nobody wants ranges: their values are JSON, or random."""
_UNIQUE = "span_id"
"""The column whose digits hardly repeat: apart from their lengths they take a tenth less, and a
third less time. Ids that repeat are smaller plain."""
_AT_ONCE = 1 << 16
"""Values that pyarrow encodes together: a tenth faster than its 1,024."""
_PAGE_ROWS = 1 << 20
"""More than a group has: pages end by their size alone, which saves pages, and a twentieth."""


def parquet_format(
    compression: str, level: int | None, *, dictionaries: bool, statistics: bool
) -> TableFormat:
    """Return Parquet with one of pyarrow's codecs; without a level, its own default."""

    def begin(sink: Any, schema: pa.Schema) -> TableWriter:
        plain = _with_plain_lists(schema)
        writer = parquet.ParquetWriter(
            sink,
            plain,
            compression=compression,
            compression_level=level,
            # Trying dictionaries on ids and times costs time, and never pays.
            use_dictionary=list(_texts(schema)) if dictionaries else False,
            write_statistics=list(_ordered(schema)) if statistics else False,
            column_encoding=dict(_encodings(schema)),
            write_batch_size=_AT_ONCE,
            max_rows_per_page=_PAGE_ROWS,
        )
        return _Writer(writer, plain)

    return TableFormat("parquet", "parquet", begin, shares_texts=False)


class _Writer:
    """Writes batches whose lists may hold dictionaries."""

    def __init__(self, writer: TableWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write_batch(self, batch: pa.RecordBatch, /) -> None:
        """Write rows as one row group."""
        columns = [
            column.cast(field.type) if pa.types.is_list(field.type) else column
            for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()


def _with_plain_lists(schema: pa.Schema) -> pa.Schema:
    """Return a schema whose lists hold text as such: pyarrow cannot read dictionaries in lists.

    They are encoded as dictionaries all the same.
    """
    fields = [
        field.with_type(_plain(field.type)) if pa.types.is_list(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _texts(fields: Any, above: str = "") -> Iterator[str]:
    """Yield the paths of all columns of text, also those within lists."""
    for field in fields:
        yield from _texts_of(field.type, f"{above}{field.name}")


def _texts_of(kind: pa.DataType, path: str) -> Iterator[str]:
    if pa.types.is_dictionary(kind):
        yield path
    elif pa.types.is_list(kind):
        # As the format names what is in a list:
        # https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists.
        yield from _texts_of(kind.value_type, f"{path}.list.element")
    elif pa.types.is_struct(kind):
        yield from _texts(kind, f"{path}.")


def _encodings(schema: pa.Schema) -> Iterator[tuple[str, str]]:
    """Yield columns that take less, and zstd less time, if they are not written plainly."""
    for field in schema:
        if pa.types.is_timestamp(field.type) or pa.types.is_integer(field.type):
            yield field.name, "DELTA_BINARY_PACKED"
        elif field.name == _UNIQUE and pa.types.is_string(field.type):
            yield field.name, "DELTA_LENGTH_BYTE_ARRAY"


def _ordered(schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        if field.name not in _UNORDERED and not pa.types.is_nested(field.type):
            yield field.name
