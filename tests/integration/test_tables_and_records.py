"""A table has the rows that a run with the same seed writes to files."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from core_support import COMMITTED, COMMITTED_SIGNALS
from integration.processes import sender_command
from telemetry_sender.tables import Tables

PASSES, SEED = 2, 7
SAME = {
    "spans": ("trace_id", "span_id", "parent_span_id", "name", "kind", "service", "duration_ns"),
    "points": ("metric", "type", "count", "sum", "bucket_counts", "service"),
    "logs": ("trace_id", "span_id", "level", "body", "service"),
    "events": ("trace_id", "span_id", "name", "body", "service"),
}
STREAMS = {"spans": "traces", "points": "metrics", "logs": "logs", "events": "events"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the committed set as lines of JSON."""
    folder = tmp_path_factory.mktemp("records")
    config = {
        "input": {str(name): str(COMMITTED / f"small-{name}.pb") for name in COMMITTED_SIGNALS},
        "sinks": [{"name": "ndjson", "options": {"directory": str(folder / "out")}}],
        "sending": {"multiplier": PASSES},
    }
    (folder / "sender.yaml").write_text(yaml.safe_dump(config))
    command = sender_command("--config", folder / "sender.yaml", "--run-seed", str(SEED))
    subprocess.run(command, check=True, capture_output=True)
    return folder / "out"


@pytest.mark.parametrize("name", list(SAME))
def test_a_table_says_what_the_lines_say(files: Path, name: str) -> None:
    """In the same order; what a line leaves out is null, or an empty list."""
    lines = (files / f"telemetry_{STREAMS[name]}_0001.ndjson").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    table: pa.Table = Tables(COMMITTED).batches(name, passes=PASSES, seed=SEED).read_all()
    rows = table.select(SAME[name]).to_pylist()
    assert rows == [{key: said(record, key) for key in SAME[name]} for record in records]
    times = table.column("timestamp").cast(pa.int64()).to_pylist()
    assert times == [record["time_unix_nano"] for record in records]
    assert [json.loads(each.as_py()) for each in table.column("attributes")] == [
        record["attributes"] for record in records
    ]


def said(record: dict[str, Any], key: str) -> Any:
    return record.get(key, [] if key == "bucket_counts" else None)
