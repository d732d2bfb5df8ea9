"""Other libraries take tables over as they are."""

from collections.abc import Iterator

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from core_support import COMMITTED
from telemetry_sender.tables import Tables

TABLES = ("spans", "points", "logs", "events")


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(COMMITTED, columns=["http.route"])


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.mark.parametrize("name", TABLES)
def test_polars_has_the_same_rows(tables: Tables, name: str) -> None:
    table: pa.Table = tables.batches(name, passes=2).read_all()
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    assert frame.height == table.num_rows
    assert frame["timestamp"].dtype == pl.Datetime("ns", "UTC")
    assert frame["timestamp"].cast(pl.Int64).to_list() == nanos(table)
    assert frame["attributes"].cast(pl.String).to_list() == table.column("attributes").to_pylist()


def nanos(table: pa.Table) -> list[int]:
    times: list[int] = table.column("timestamp").cast(pa.int64()).to_pylist()
    return times


@pytest.mark.parametrize("name", TABLES)
def test_pandas_has_the_same_rows(tables: Tables, name: str) -> None:
    """Text that comes again is categorical, or stays in Arrow's memory with `types_mapper`."""
    table: pa.Table = tables.batches(name, passes=2).read_all()
    frame = table.to_pandas()
    assert isinstance(frame["service"].dtype, pd.CategoricalDtype)
    assert frame["timestamp"].astype("int64").tolist() == nanos(table)
    kept = table.to_pandas(types_mapper=pd.ArrowDtype)
    assert kept["timestamp"].dtype == pd.ArrowDtype(pa.timestamp("ns", "UTC"))
    assert (
        pa.Table.from_pandas(kept, preserve_index=False)
        .select(["attributes"])
        .equals(table.select(["attributes"]))
    )


@pytest.mark.parametrize("name", TABLES)
def test_duckdb_queries_tables_and_readers(
    tables: Tables, name: str, connection: duckdb.DuckDBPyConnection
) -> None:
    table: pa.Table = tables.batches(name, passes=2).read_all()
    connection.register("rows", table)
    counted = connection.execute("SELECT count(*), count(DISTINCT service) FROM rows").fetchall()
    services = {each for each in table.column("service").to_pylist() if each is not None}
    assert counted == [(table.num_rows, len(services))]
    connection.register("piecewise", tables.batches(name, passes=2))
    assert connection.execute("SELECT count(*) FROM piecewise").fetchall() == [(table.num_rows,)]


def test_duckdb_joins_spans_by_their_ids(
    tables: Tables, connection: duckdb.DuckDBPyConnection
) -> None:
    """And reads attributes out of JSON, and the lists of events."""
    table = tables.spans(passes=2)
    connection.register("spans", table)
    children = connection.execute(
        """
        SELECT count(*), count(parent.span_id)
        FROM spans AS child LEFT JOIN spans AS parent
            ON parent.trace_id = child.trace_id AND parent.span_id = child.parent_span_id
        WHERE child.parent_span_id IS NOT NULL
        """
    ).fetchall()
    assert children[0][0] == children[0][1] > 0
    routes = connection.execute(
        """SELECT count(*) FROM spans WHERE attributes->>'$."http.route"' = "http.route" """
    ).fetchall()
    assert routes == [(table.num_rows - table.column("http.route").null_count,)]


def test_numbers_are_handed_over_without_a_copy(tables: Tables) -> None:
    table = tables.spans()
    (chunk,) = table.column("duration_ns").chunks
    numbers = chunk.to_numpy(zero_copy_only=True)
    assert numbers.ctypes.data == chunk.buffers()[1].address
    (times,) = table.column("timestamp").chunks
    assert (
        times.cast(pa.int64()).to_numpy(zero_copy_only=True).ctypes.data
        == times.buffers()[1].address
    )
    series = pl.Series(table.column("duration_ns"))
    assert series.to_arrow().buffers()[1].address == chunk.buffers()[1].address


def test_batches_share_what_is_the_same_in_all_passes(tables: Tables) -> None:
    """So a table of many passes takes memory for what is stamped alone."""
    chunks = tables.spans(passes=300)
    assert chunks.column("name").num_chunks > 2
    for name in ("name", "attributes", "resource", "duration_ns"):
        held = [getattr(chunk, "indices", chunk) for chunk in chunks.column(name).chunks]
        assert len({each.buffers()[1].address for each in held}) == 1
