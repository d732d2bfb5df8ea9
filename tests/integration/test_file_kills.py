"""A run that is killed leaves complete files, and no others under their names.

Every file is read by a reader of its format that is not ours, but for the binary formats, which
only `telemetry-sender read` knows.
"""

import csv
import io
import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData
from pyarrow import parquet

from integration.processes import running, sender_command
from local_sinks import LOCAL, compressions
from numbered_records import content, hidden, visible
from telemetry_sender.config.files import Compression

FILES_BEFORE = 4
"""As many are complete when the moment of the kill is drawn."""

Reader = Callable[[Sequence[Path]], list[str]]
"""Returns the ids of all spans in files; raises where one is not whole, whatever it holds."""


def of_each(read: Callable[[Path], list[str]]) -> Reader:
    return lambda paths: [span for path in paths for span in read(path)]


def _ndjson(path: Path) -> list[str]:
    text = content(path)
    assert text.endswith(b"\n")
    return [row["span_id"] for row in map(json.loads, text.splitlines()) if _is_traces(path)]


def _json(path: Path) -> list[str]:
    return [row["span_id"] for row in json.loads(content(path)) if _is_traces(path)]


def _otlp_json(path: Path) -> list[str]:
    text = content(path)
    assert text.endswith(b"\n")
    requests = [json.loads(line) for line in text.splitlines()]
    return [
        span["spanId"]
        for request in requests
        for resource in request.get("resourceSpans", [])
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


def _otlp_protobuf(path: Path) -> list[str]:
    data, found = content(path), []
    while data:
        size = int.from_bytes(data[:4], "big")
        message, data = data[4 : 4 + size], data[4 + size :]
        assert len(message) == size
        if _is_traces(path):
            found += [
                span.span_id.hex()
                for resource in TracesData.FromString(message).resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
    return found


def _csv(path: Path) -> list[str]:
    text = content(path).decode()
    assert text.endswith("\n")
    rows = list(csv.DictReader(io.StringIO(text), strict=True))
    assert all(None not in row and None not in row.values() for row in rows)
    return [row["span_id"] for row in rows if _is_traces(path)]


def _influx(path: Path) -> list[str]:
    lines = content(path).decode().splitlines(keepends=True)
    assert all(line.endswith("\n") and line[:-1].rpartition(" ")[2].isdigit() for line in lines)
    return [line.partition('span_id="')[2][:16] for line in lines if _is_traces(path)]


def _ours(paths: Sequence[Path]) -> list[str]:
    """Read all files in one process; only spans say which one is above them."""
    ended = subprocess.run(sender_command("read", *paths), check=True, capture_output=True)
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    return [row["span_id"] for row in rows if "parent_span_id" in row]


def _arrow(path: Path) -> list[str]:
    with pa.ipc.open_file(path) as reader:
        return _column(path, reader.read_all())


def _parquet(path: Path) -> list[str]:
    return _column(path, parquet.read_table(path))


def _column(path: Path, table: pa.Table) -> list[str]:
    if not _is_traces(path):
        return []
    values = table.column("span_id").to_pylist()
    return [value if isinstance(value, str) else value.hex() for value in values]


def _is_traces(path: Path) -> bool:
    return "traces" in path.name


READERS: dict[str, Reader] = {
    "otlp_json": of_each(_otlp_json),
    "otlp_protobuf": of_each(_otlp_protobuf),
    "ndjson": of_each(_ndjson),
    "json": of_each(_json),
    "csv": of_each(_csv),
    "influx": of_each(_influx),
    "leb128": _ours,
    "bitpacked": _ours,
    "arrow": of_each(_arrow),
    "parquet": of_each(_parquet),
}


@pytest.mark.parametrize(
    ("name", "compression"),
    [(name, compression) for name in LOCAL for compression in compressions(name)],
)
def test_a_killed_run_leaves_only_complete_files(
    name: str, compression: Compression, tmp_path: Path, templates: Path
) -> None:
    out = tmp_path / "out"
    told = [f"directory={out}", "roll.size=60KB"]
    if compression is not Compression.NONE:
        told.append(f"compression={compression}")
    config = tmp_path / "sender.yaml"
    inputs = {each: str(templates / f"small-{each}.pb") for each in ("traces", "metrics", "logs")}
    config.write_text(json.dumps({"input": inputs}))
    command = sender_command(
        "--config", config, "--run-seed", "7", "--sink", f"{name}:{','.join(told)}",
        "--set", "sending.duration=10m",
    )  # fmt: skip
    with running("sender", command, tmp_path / "sender.log") as sender:
        sender.wait_until("complete files", lambda: out.exists() and _are_enough(out))
        # No waiting for something: the kill may come at any moment.
        time.sleep(random.random() * 0.05)
        assert sender.stop(signal.SIGKILL) == -signal.SIGKILL
    assert hidden(out)
    complete = visible(out)
    spans = READERS[name](complete)
    assert len(complete) >= FILES_BEFORE
    assert spans
    assert len(set(spans)) == len(spans)


def _are_enough(directory: Path) -> bool:
    return len(visible(directory)) >= FILES_BEFORE
