"""Files of the sinks `ndjson` and `json`, as readers of JSON take them."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import pytest

from core_support import SECOND, START, blocks_of, committed_data, stampers_of
from sender_results import make_config
from telemetry_common.errors import ConfigError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.sinks.files import FileSink
from telemetry_sender.sinks.registry import SinkSetting, find_sink
from template_files import template_of

PASSES = 2
EVENTS = {Signal.TRACES: 200, Signal.METRICS: 72, Signal.LOGS: 60}

Options = Mapping[str, Any]
NONE: Options = MappingProxyType({})


def sink_of(
    name: str, directory: Path, signals: tuple[Signal, ...], options: Options = NONE
) -> FileSink:
    given = {"directory": str(directory), **options}
    sink = find_sink(name)(SinkSetting(make_config(), {}, signals, given))
    assert isinstance(sink, FileSink)
    return sink


async def write_committed(name: str, folder: Path, options: Options = NONE) -> dict[str, bytes]:
    """Write the committed set with a sink, and return the files by name."""
    out = folder / "out"
    data = committed_data()
    templates = template_of(folder, data)
    stampers = stampers_of(templates)
    sink = sink_of(name, out, tuple(templates), options)
    await sink.open()
    for signal, template in templates.items():
        encoder = sink.encoding(template)
        for number in range(PASSES):
            for block in blocks_of(template.plan, Limits(20, 1 << 22)):
                stamped = stampers[signal].stamp(block, number, START + number * SECOND)
                assert (await sink.write(signal, encoder.encode(block, number, stamped))).ok
    await sink.finish()
    await sink.close()
    return files_in(out)


def files_in(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


async def test_lines_are_one_an_event_in_a_file_a_stream(tmp_path: Path) -> None:
    files = await write_committed("ndjson", tmp_path)
    assert list(files) == [
        f"telemetry_{stream}_0001.ndjson" for stream in ("events", "logs", "metrics", "traces")
    ]
    counted = {name.split("_")[1]: len(text.splitlines()) for name, text in files.items()}
    assert counted["traces"] == PASSES * EVENTS[Signal.TRACES]
    assert counted["metrics"] == PASSES * EVENTS[Signal.METRICS]
    assert counted["logs"] + counted["events"] == PASSES * EVENTS[Signal.LOGS]


async def test_an_array_holds_the_objects_that_are_lines_elsewhere(tmp_path: Path) -> None:
    """One a line there too."""
    (tmp_path / "lines").mkdir()
    (tmp_path / "arrays").mkdir()
    lines = await write_committed("ndjson", tmp_path / "lines")
    arrays = await write_committed("json", tmp_path / "arrays")
    assert [name.replace(".json", ".ndjson") for name in arrays] == list(lines)
    for array, line in zip(arrays.values(), lines.values(), strict=True):
        wanted = [json.loads(each) for each in line.splitlines()]
        assert json.loads(array) == wanted
        assert len(array.splitlines()) == len(wanted) + 2


@pytest.mark.parametrize(("name", "empty"), [("ndjson", b""), ("json", b"[\n]\n")])
async def test_a_file_of_a_signal_without_events_is_valid_too(
    name: str, empty: bytes, tmp_path: Path
) -> None:
    sink = sink_of(name, tmp_path, (Signal.LOGS,))
    await sink.open()
    await sink.finish()
    await sink.close()
    assert files_in(tmp_path) == {f"telemetry_logs_0001.{name}": empty}


@pytest.mark.parametrize(("dialect", "suffix"), [("triage", "ndjson"), ("melt", "jsonl")])
async def test_files_of_other_schemas_are_called_as_their_readers_want(
    dialect: str, suffix: str, tmp_path: Path
) -> None:
    files = await write_committed("ndjson", tmp_path, {"dialect": dialect})
    streams = ("events", "logs", "metrics", "traces")
    assert list(files) == [f"{stream}.{suffix}" for stream in streams]
    for text in files.values():
        assert all(isinstance(json.loads(line), dict) for line in text.splitlines())


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({"roll": {"records": 500}}, "telemetry_events_0001.jsonl"),
        ({"name": "my-{stream}"}, "my-events.jsonl"),
    ],
)
async def test_a_name_that_is_given_or_needed_wins(
    options: dict[str, Any], first: str, tmp_path: Path
) -> None:
    files = await write_committed("ndjson", tmp_path, {"dialect": "melt", **options})
    assert min(files) == first


async def test_telegen_numbers_its_records_within_a_file(tmp_path: Path) -> None:
    files = await write_committed("json", tmp_path, {"dialect": "telegen"})
    spans = json.loads(files["telemetry_traces_0001.json"])
    assert [span["seq_id"] for span in spans] == list(range(1, len(spans) + 1))


@pytest.mark.parametrize("name", ["ndjson", "json"])
def test_profiles_have_no_form(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no form for profiles"):
        sink_of(name, tmp_path, (Signal.TRACES, Signal.PROFILES))


@pytest.mark.parametrize("name", ["ndjson", "json"])
@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"dialect": "esperanto"}, "dialect"),
        ({"dialects": "flat"}, "dialects"),
        ({"directory": None}, "directory"),
    ],
)
def test_wrong_options_are_named(
    name: str, options: dict[str, Any], place: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=rf"^sinks\[0\]\.options(\.|: ){place}\b"):
        sink_of(name, tmp_path, (Signal.TRACES,), options)


async def test_duckdb_finds_the_columns_by_itself(tmp_path: Path) -> None:
    """Times are times, nanoseconds exact, and attributes are reached by their names."""
    files = await write_committed("ndjson", tmp_path)
    records = [json.loads(line) for line in files["telemetry_traces_0001.ndjson"].splitlines()]
    query = (
        "SELECT epoch_us(timestamp), time_unix_nano, duration_ns, trace_id, "
        f"""attributes."http.route" FROM '{tmp_path}/out/telemetry_traces_*.ndjson'"""
    )
    with duckdb.connect() as connection:
        rows = connection.sql(query).fetchall()
    assert rows == [
        (
            record["time_unix_nano"] // 1000,
            record["time_unix_nano"],
            record["duration_ns"],
            record["trace_id"],
            record["attributes"].get("http.route"),
        )
        for record in records
    ]


@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq")
async def test_jq_reads_what_head_cuts_off(tmp_path: Path) -> None:
    """And counts as many lines as there are records."""
    files = await write_committed("ndjson", tmp_path)
    name = "telemetry_traces_0001.ndjson"
    command = f"head -n 3 {tmp_path}/out/{name} | jq -r .span_id; wc -l < {tmp_path}/out/{name}"
    wanted = [json.loads(line)["span_id"] for line in files[name].splitlines()[:3]]
    assert (await output_of(command)).split() == [*wanted, str(PASSES * EVENTS[Signal.TRACES])]


async def output_of(command: str) -> str:
    process = await asyncio.create_subprocess_shell(command, stdout=subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()
