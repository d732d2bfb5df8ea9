"""Tables on disk are read by those who read tables: DuckDB, pyarrow, polars and pandas.

What they see is held against the lines that the same run wrote beside.
"""

import json
import subprocess
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from integration.processes import sender_command

Row = tuple[str, str, str, int]
"""Id, service, name and duration of a span."""


@pytest.fixture(scope="module")
def written(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run into files of several formats."""
    out = tmp_path_factory.mktemp("written")
    inputs = {name: str(templates / f"small-{name}.pb") for name in ("traces", "metrics", "logs")}
    config = out / "sender.yaml"
    config.write_text(json.dumps({"input": inputs}))
    sinks = [
        f"ndjson:directory={out}/lines",
        f"parquet:directory={out}/flat,row_group=500,roll.records=2000",
        f"parquet:directory={out}/lake,partition_by=[service,date],columns=[http.route]",
        f"arrow:directory={out}/arrow",
        f"arrow:directory={out}/stream,stream=true,compression=zstd",
        f"arrow:directory={out}/small,roll.size=100KB",
    ]
    told = [part for sink in sinks for part in ("--sink", sink)]
    command = sender_command("--config", config, "--run-seed", "7", *told,
                             "--set", "sending.multiplier=3")  # fmt: skip
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return out


@pytest.fixture(scope="module")
def expected(written: Path) -> list[Row]:
    lines = (written / "lines" / "telemetry_traces_0001.ndjson").read_text().splitlines()
    spans = [json.loads(line) for line in lines]
    return sorted((s["span_id"], s["service"], s["name"], s["duration_ns"]) for s in spans)


def files(directory: Path, stream: str = "traces") -> list[str]:
    return [str(path) for path in sorted(directory.rglob(f"*{stream}*"))]


def rows(table: pa.Table) -> list[Row]:
    columns = [table.column(name).to_pylist() for name in ("span_id", "service", "name")]
    return sorted(zip(*columns, table.column("duration_ns").to_pylist(), strict=True))


@pytest.mark.parametrize("place", ["flat", "lake"])
def test_duckdb_reads_what_the_lines_say(written: Path, expected: list[Row], place: str) -> None:
    """The columns that directories tell are there too."""
    with duckdb.connect() as connection:
        found = connection.sql(
            "SELECT span_id, service, name, duration_ns"
            f" FROM '{written}/{place}/**/*traces*.parquet'"
        ).fetchall()
    assert sorted(found) == expected


def test_duckdb_joins_tables_and_lines_by_their_ids(written: Path, expected: list[Row]) -> None:
    """Lines have microseconds, tables nanoseconds."""
    with duckdb.connect() as connection:
        connection.sql(
            f"CREATE TABLE lines AS FROM read_json('{written}/lines/*traces*.ndjson', columns="
            "{span_id: 'VARCHAR', timestamp: 'TIMESTAMPTZ'}, format='newline_delimited')"
        )
        joined = connection.sql(
            "SELECT count(*), sum((epoch_ns(t.timestamp) // 1000 = epoch_us(lines.timestamp))::INT)"
            f" FROM '{written}/flat/*traces*.parquet' t JOIN lines USING (span_id)"
        ).fetchall()
    assert joined == [(len(expected), len(expected))]


@pytest.mark.parametrize("place", ["flat", "lake"])
def test_a_dataset_of_pyarrow_has_the_same_rows(
    written: Path, expected: list[Row], place: str
) -> None:
    found = ds.dataset(
        files(written / place), partitioning="hive", partition_base_dir=str(written / place)
    )
    assert rows(found.to_table()) == expected


def test_a_dataset_reads_only_the_directories_that_it_needs(
    written: Path, expected: list[Row]
) -> None:
    service = expected[0][1]
    lake = ds.dataset(
        files(written / "lake"), partitioning="hive", partition_base_dir=str(written / "lake")
    )
    wanted = ds.field("service") == service
    read = [Path(each.path).parts for each in lake.get_fragments(filter=wanted)]
    assert all(f"service={service}" in parts for parts in read)
    assert rows(lake.to_table(filter=wanted)) == [row for row in expected if row[1] == service]


@pytest.mark.parametrize("place", ["flat", "lake"])
def test_polars_reads_parquet(written: Path, expected: list[Row], place: str) -> None:
    frame = pl.scan_parquet(f"{written}/{place}/**/*traces*.parquet", hive_partitioning=True)
    assert polars_rows(frame.collect()) == expected


def polars_rows(frame: pl.DataFrame) -> list[Row]:
    chosen = frame.select(pl.col("span_id", "service", "name").cast(pl.String), "duration_ns")
    return sorted(chosen.rows())


def test_polars_reads_arrow(written: Path, expected: list[Row]) -> None:
    assert polars_rows(pl.read_ipc(files(written / "arrow")[0])) == expected
    assert polars_rows(pl.read_ipc_stream(files(written / "stream")[0])) == expected


def test_pandas_reads_both(written: Path, expected: list[Row]) -> None:
    frames = [
        pd.concat(map(pd.read_parquet, files(written / "flat")), ignore_index=True),
        pd.read_feather(files(written / "arrow")[0]),
    ]
    for frame in frames:
        found = frame[["span_id", "service", "name", "duration_ns"]].astype(
            {"service": str, "name": str}
        )
        assert sorted(found.itertuples(index=False, name=None)) == expected


def test_small_arrow_files_hold_the_texts_of_their_rows_alone(
    written: Path, expected: list[Row]
) -> None:
    """So that they stay small, however many texts there are in all."""
    paths = files(written / "small")
    assert len(paths) > 1
    assert all(Path(path).stat().st_size <= 100 << 10 for path in paths)
    tables = [pa.ipc.open_file(path).read_all() for path in paths]
    assert sorted(row for table in tables for row in rows(table)) == expected
    assert sorted(row for path in paths for row in polars_rows(pl.read_ipc(path))) == expected


@pytest.mark.parametrize("stream", ["metrics", "logs", "events"])
def test_the_other_tables_have_the_same_events(written: Path, stream: str) -> None:
    lines = [
        json.loads(line)
        for path in files(written / "lines", stream)
        for line in Path(path).read_text().splitlines()
    ]
    arrow = pa.ipc.open_file(files(written / "arrow", stream)[0]).read_all()
    parquet = ds.dataset(files(written / "flat", stream)).to_table()
    for table in (arrow, parquet):
        services = [line.get("service") for line in lines]
        assert table.column("service").to_pylist() == services
    assert counted(written / "lake", stream) == len(lines)


def counted(directory: Path, stream: str) -> int:
    with duckdb.connect() as connection:
        query = f"SELECT count(*)::BIGINT FROM '{directory}/**/*{stream}*.parquet'"
        ((count,),) = connection.sql(query).fetchall()
    return int(count)
