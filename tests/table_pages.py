"""The tables of columns in docs/tables.md, as the code has them."""

import pyarrow as pa

from telemetry_sender.tables.schemas.table import TableSchema


def page_lines(schema: TableSchema) -> list[str]:
    """Return the lines that describe the columns of a table."""
    rows = [f"| `{each.name}` | {shown(each.type)} | {each.doc} |" for each in schema.columns]
    return ["| column | type | holds |", "|---|---|---|", *rows]


def shown(type_: pa.DataType) -> str:
    """Return the name of a type as people write it."""
    if pa.types.is_dictionary(type_):
        return "text"
    if pa.types.is_timestamp(type_):
        return "timestamp"
    if pa.types.is_string(type_):
        return "id"
    if pa.types.is_list(type_):
        return f"list of {shown(type_.value_type)}"
    if pa.types.is_struct(type_):
        return "{" + ", ".join(f"`{each.name}`" for each in type_) + "}"
    return str(type_)
