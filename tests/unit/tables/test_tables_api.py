"""One call makes a table of a template set: as much as wanted, the same for the same seed."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from core_support import COMMITTED, blocks_of
from table_rows import comparable, expected_rows, plain_rows
from telemetry_common.errors import TemplateError, UsageError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.stamping.build import make_stampers
from telemetry_sender.tables import Tables, batches, events, logs, points, replaying, spans

SPANS = 200
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables(COMMITTED)


@pytest.mark.parametrize(
    ("make", "signal", "stream"),
    [
        (spans, Signal.TRACES, "traces"),
        (points, Signal.METRICS, "metrics"),
        (logs, Signal.LOGS, "logs"),
        (events, Signal.LOGS, "events"),
    ],
)
def test_rows_are_those_of_a_run_with_the_same_seed_and_start(
    make: Callable[..., pa.Table], signal: Signal, stream: str
) -> None:
    """Whose requests are cut quite differently: what a sink would have written."""
    table = make(COMMITTED, passes=2, seed=7, start="2026-02-03T04:05:06Z")
    templates = open_templates({name: COMMITTED / f"small-{name}.pb" for name in (*TABLED,)})
    timeline = TimestampsConfig(mode="timeline", start="2026-02-03T04:05:06Z")  # type: ignore[arg-type]
    stamper = make_stampers(timeline, templates, 7, 0)[signal]
    expected: list[dict[str, Any]] = []
    for number in (0, 1):
        for block in blocks_of(templates[signal].plan, Limits(9, 1 << 22)):
            expected += expected_rows(signal, stamper.stamp(block, number, 0))[stream]
    found = [row for batch in table.to_batches() for row in plain_rows(batch)]
    assert found == [
        comparable({name: row[name] for name in table.schema.names}) for row in expected
    ]
    assert found


TABLED = (Signal.TRACES, Signal.METRICS, Signal.LOGS)


def test_one_pass_begins_with_2026_unless_more_is_asked_for(tables: Tables) -> None:
    table = tables.spans()
    assert table.num_rows == SPANS
    first, last = extent(table)
    assert START <= first <= last < START + timedelta(minutes=10)
    later = extent(tables.spans(passes=3).slice(2 * SPANS))
    assert later == (first + timedelta(minutes=20), last + timedelta(minutes=20))


def extent(table: pa.Table) -> tuple[datetime, datetime]:
    """Return the earliest and latest time, in whole microseconds."""
    nanos = sorted(time.value for time in table.column("timestamp"))
    earliest, latest = (
        START + timedelta(microseconds=(n - EPOCH) // 1000) for n in (nanos[0], nanos[-1])
    )
    return earliest, latest


EPOCH = int(START.timestamp()) * 1_000_000_000


@pytest.mark.parametrize("name", ["spans", "points", "logs"])
def test_many_passes_of_a_small_set_are_as_if_each_were_alone(tables: Tables, name: str) -> None:
    """They are made at once, in batches of some thousands of rows."""
    passes = 300
    table: pa.Table = tables.batches(name, passes=passes).read_all()
    assert table.column(0).num_chunks < passes / 4
    size = table.num_rows // passes
    for batch in tables.batches(name, rows=size * passes):
        batch.validate(full=True)
    few = tables.batches(name, passes=2).read_all()
    assert plain(table.slice(0, 2 * size)) == plain(few)
    before, last = (plain(table.slice(size * number, size)) for number in (1, passes - 1))
    horizon = 600 * 1_000_000_000
    moved = [row["timestamp"] + (passes - 2) * horizon for row in before]
    assert [row["timestamp"] for row in last] == moved


@pytest.mark.parametrize("name", ["spans", "points", "logs", "events"])
def test_a_large_set_is_made_piece_by_piece(
    tables: Tables, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which pieces is not to be seen."""
    whole: pa.Table = tables.batches(name, passes=3).read_all()
    monkeypatch.setattr(replaying, "_BLOCK_BYTES", 5_000)
    pieces: pa.Table = tables.batches(name, passes=3).read_all()
    assert pieces.column(0).num_chunks > 3 * (name != "events")
    assert pieces.equals(whole)


def plain(table: pa.Table) -> list[dict[str, Any]]:
    return [row for batch in table.to_batches() for row in plain_rows(batch)]


@pytest.mark.parametrize("rows", [0, 1, SPANS, SPANS + 1, 5 * SPANS - 1])
def test_as_many_rows_as_asked_for(tables: Tables, rows: int) -> None:
    table = tables.spans(rows=rows)
    assert table.num_rows == rows
    assert table.equals(tables.spans(passes=5).slice(0, rows))


def test_the_seed_decides_about_ids_and_about_nothing_else(tables: Tables) -> None:
    one, again, other = (tables.spans(passes=2, seed=seed) for seed in (1, 1, 2))
    assert one.equals(again)
    ids = {"trace_id", "span_id", "parent_span_id", "links"}
    differing = {
        name for name in one.schema.names if not one.column(name).equals(other.column(name))
    }
    assert {"trace_id", "span_id", "parent_span_id"} <= differing <= ids


def test_ids_are_unique_and_parents_resolve(tables: Tables) -> None:
    rows = tables.spans(passes=3).select(["trace_id", "span_id", "parent_span_id"]).to_pylist()
    known = {(row["trace_id"], row["span_id"]) for row in rows}
    assert len(known) == len(rows)
    children = [row for row in rows if row["parent_span_id"] is not None]
    assert children
    assert all((row["trace_id"], row["parent_span_id"]) in known for row in children)


def test_logs_name_the_traces_of_the_same_seed(tables: Tables) -> None:
    traces = set(tables.spans(passes=2).column("trace_id").to_pylist())
    named = {trace for trace in tables.logs(passes=2).column("trace_id").to_pylist() if trace}
    assert named
    assert named <= traces


def test_a_start_may_be_a_datetime_of_any_zone(tables: Tables) -> None:
    """Whatever its zone, the table has UTC."""
    east = datetime(2026, 3, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    assert tables.spans(start=east).equals(tables.spans(start="2026-03-01T00:00:00Z"))


def test_a_reader_gives_the_same_rows_piece_by_piece(tables: Tables) -> None:
    reader = batches(COMMITTED, "spans", passes=4)
    assert isinstance(reader, pa.RecordBatchReader)
    pieces = list(reader)
    assert pa.Table.from_batches(pieces).equals(tables.spans(passes=4))


def test_a_reader_takes_no_more_than_it_is_asked_for(tables: Tables) -> None:
    """Of a table that no memory would hold."""
    reader = tables.batches("spans", rows=10**15)
    assert 0 < reader.read_next_batch().num_rows < 100_000


def test_no_pass_is_a_table_without_rows(tables: Tables) -> None:
    empty = tables.points(passes=0)
    assert empty.num_rows == 0
    assert empty.schema.equals(tables.points().schema)


def test_a_set_is_given_by_its_directory_its_manifest_or_its_files() -> None:
    whole = spans(COMMITTED)
    assert spans(str(COMMITTED / "small-metadata.yaml")).equals(whole)
    files = {str(signal): COMMITTED / f"small-{signal}.pb" for signal in TABLED}
    assert spans(files).equals(whole)
    assert spans(COMMITTED / "small-traces.pb").equals(whole)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"passes": 1, "rows": 1}, "rows: cannot go with `passes`"),
        ({"rows": -1}, "rows: -1 is negative"),
        ({"seed": -1}, "seed: -1 is negative"),
        ({"row": 1}, "row: is unknown; use passes, rows, seed, start"),
        ({"start": "yesterday"}, "start: yesterday: .*like 2026-01-01T00:00:00Z"),
        ({"start": "2026-01-01T00:00:00"}, "start: .*give an instant with its zone"),
        ({"start": "1969-01-01T00:00:00Z"}, "start: .*before 1970"),
        ({"ids": "base64"}, "ids: cannot be 'base64'; use hex or binary"),
        ({"columns": ["kind"]}, "columns: the table of traces has a column 'kind' already"),
        ({"columns": "http.route"}, "columns: 'http.route' is no list"),
    ],
)
def test_mistakes_are_told_in_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        spans(COMMITTED, **options)


def test_a_reader_tells_mistakes_before_it_is_read() -> None:
    with pytest.raises(UsageError, match="start: yesterday"):
        batches(COMMITTED, "spans", start="yesterday")


def test_what_the_set_does_not_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="points: the set has no metrics"):
        points(COMMITTED / "small-traces.pb")
    with pytest.raises(UsageError, match="there is no 'profiles'; use spans, points, logs, events"):
        batches(COMMITTED, "profiles")
    with pytest.raises(UsageError, match="no tables of 'profiles'; use traces, metrics, logs"):
        spans({"profiles": COMMITTED / "small-profiles.pb"})
    with pytest.raises(TemplateError, match="no such file or directory"):
        spans(tmp_path / "nowhere")
    stranger = tmp_path / "capture.pb"
    stranger.write_bytes(b"")
    with pytest.raises(TemplateError, match="its name does not tell its signal"):
        spans(stranger)


def test_without_pyarrow_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['pyarrow'] = None; import telemetry_sender.tables"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode
    assert "pip install 'otlp-stampede[tables]'" in done.stderr.splitlines()[-1]
