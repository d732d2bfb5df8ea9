"""Tools that people have read the files of the dialects, and find what belongs together."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core_support import COMMITTED, COMMITTED_SIGNALS
from project_files import ROOT
from telemetry_sender.cli import execute

_QUERY = re.compile(r'^duckdb -c "(SELECT [^"]*written/melt[^"]*)"', re.MULTILINE)
CONFIG = ROOT / "configs" / "sender-files.yaml"


@pytest.fixture
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(dialect: str) -> list[Path]:
    """Write two passes of the committed set below the current folder; return the files."""
    inputs = [
        f"--set=input.{signal}={COMMITTED / f'small-{signal}.pb'}" for signal in COMMITTED_SIGNALS
    ]
    sink = f"--sink=ndjson:directory=written/{dialect},dialect={dialect}"
    options = [f"--config={CONFIG}", "--set=sending.multiplier=2", sink, *inputs]
    assert execute(options) == 0
    return sorted((Path("written") / dialect).iterdir())


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("written", name).read_text().splitlines()]


@pytest.mark.usefixtures("_in_a_folder")
def test_the_query_of_the_page_finds_what_failed_spans_logged() -> None:
    write("melt")
    found = _QUERY.search((ROOT / "docs" / "records.md").read_text())
    assert found is not None
    rows = duckdb.connect().sql(found[1]).fetchall()
    failed = {
        (each["trace_id"], each["span_id"]): each
        for each in read("melt/traces.jsonl")
        if each["status"] != "ok"
    }
    logs = [
        (each, failed.get((each["trace_id"], each["span_id"]))) for each in read("melt/logs.jsonl")
    ]
    expected = [
        (span["service"], span["operation_name"], span["status"], log["message"])
        for log, span in logs
        if span is not None
    ]
    assert len(expected) >= 2
    assert sorted(rows) == sorted(expected)


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.parametrize(("dialect", "column"), [("triage", "timestamp"), ("melt", "start_time")])
def test_times_are_instants_to_duckdb(dialect: str, column: str) -> None:
    write(dialect)
    (file,) = Path("written", dialect).glob("traces.*")
    rows = duckdb.connect().sql(f"SELECT typeof({column}) FROM '{file}' LIMIT 1").fetchall()
    assert rows == [("TIMESTAMP WITH TIME ZONE",)]


@pytest.mark.usefixtures("_in_a_folder")
@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
@pytest.mark.parametrize("dialect", ["triage", "melt", "telegen"])
def test_jq_reads_as_many_records_as_there_are_lines(dialect: str) -> None:
    for file in write(dialect):
        lines = subprocess.run(["wc", "-l", file], capture_output=True, text=True, check=True)
        read = subprocess.run(
            ["jq", "-s", "length", file], capture_output=True, text=True, check=True
        )
        assert int(read.stdout) == int(lines.stdout.split()[0]) > 0
