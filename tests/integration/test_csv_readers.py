"""Python, wc, DuckDB and Arrow read the CSV files of a real run."""

import csv
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from pyarrow import csv as arrow_csv

from core_support import COMMITTED
from integration.processes import sender_command
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

SIGNALS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)
PASSES = 3


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of some passes over the committed set."""
    folder = tmp_path_factory.mktemp("csv")
    config = folder / "sender.yaml"
    inputs = "".join(f"  {signal}: {COMMITTED}/small-{signal}.pb\n" for signal in SIGNALS)
    config.write_text(f"input:\n{inputs}sending:\n  multiplier: {PASSES}\n")
    sink = f"csv:directory={folder / 'out'}"
    command = sender_command("--config", config, "--run-seed", "1", "--sink", sink)
    subprocess.run(command, check=True, capture_output=True)
    return folder / "out"


def files_of(directory: Path, signal: Signal) -> list[Path]:
    """Return the files of a signal: of logs, those of events too."""
    found = [directory / f"telemetry_{signal}_0001.csv"]
    return [*found, directory / "telemetry_events_0001.csv"] if signal is Signal.LOGS else found


def events_of(signal: Signal) -> int:
    return PASSES * load_manifest(find_manifest(COMMITTED)).files[signal].events


@pytest.mark.parametrize("signal", SIGNALS)
def test_wc_counts_a_line_for_each_event_and_the_header(directory: Path, signal: Signal) -> None:
    paths = files_of(directory, signal)
    lines = [subprocess.check_output(["wc", "-l", path]).split()[0] for path in paths]
    assert sum(map(int, lines)) == events_of(signal) + len(paths)


@pytest.mark.parametrize("signal", SIGNALS)
def test_python_duckdb_and_arrow_read_the_same_cells(directory: Path, signal: Signal) -> None:
    for path in files_of(directory, signal):
        expected = list(_rows(path))
        read = query(f"FROM read_csv('{path}', all_varchar=true, nullstr='', strict_mode=true)")
        assert [[cell or "" for cell in row] for row in read.fetchall()] == expected
        texts = arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(read.columns, "string"), strings_can_be_null=False
        )
        table = arrow_csv.read_csv(path, convert_options=texts)
        assert [list(row.values()) for row in table.to_pylist()] == expected


def query(statement: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(statement)
    assert found is not None
    return found


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file, strict=True)
        next(rows)
        yield from rows


def test_duckdb_knows_the_types_of_columns_and_the_json_within(directory: Path) -> None:
    path = directory / "telemetry_traces_0001.csv"
    (found,) = query(
        f"""
        SELECT count(*), count(DISTINCT span_id), bool_and(epoch_us(time) = time_unix_nano // 1000),
               bool_and(end_time_unix_nano - time_unix_nano = duration_ns),
               bool_and(resource_attributes::JSON ->> '$."service.name"' = service)
        FROM '{path}'
        """
    ).fetchall()
    spans = events_of(Signal.TRACES)
    assert found == (spans, spans, True, True, True)
