"""Options of the sinks csv and influx."""

import asyncio
from pathlib import Path

import pytest

from line_protocol import read_line
from local_sinks import FilesOfARun, local_sink, writes_of
from telemetry_common.errors import ConfigError


def run(sink: FilesOfARun) -> None:
    async def whole() -> None:
        await sink.open()
        for each in writes_of(sink):
            assert (await sink.write(each.signal, each.payload)).ok
        assert not (await sink.finish()).problem
        await sink.close()

    asyncio.run(whole())


@pytest.mark.parametrize("columns", [["name"], ["a", "a"], ["x", "bucket_counts"]])
def test_two_columns_of_one_name_are_refused(columns: list[str], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sinks\[0\].*columns: .*two columns named"):
        local_sink("csv", tmp_path, columns=columns)


def test_columns_that_are_asked_for_stand_behind_the_fixed_ones(tmp_path: Path) -> None:
    run(local_sink("csv", tmp_path, columns=["http.route", "host.name"]))
    for path in tmp_path.glob("*.csv"):
        assert path.read_text().partition("\n")[0].endswith(",attributes,http.route,host.name")


def test_every_file_has_the_header(tmp_path: Path) -> None:
    run(local_sink("csv", tmp_path / "whole"))
    run(local_sink("csv", tmp_path / "rolled", roll={"records": 7}))
    for stream in ("traces", "metrics", "logs", "events"):
        (whole,) = (tmp_path / "whole").glob(f"*_{stream}_*")
        first, *rows = whole.read_bytes().splitlines(keepends=True)
        files = [each.read_bytes() for each in sorted((tmp_path / "rolled").glob(f"*_{stream}_*"))]
        assert all(each.startswith(first) for each in files)
        assert b"".join(each.removeprefix(first) for each in files) == b"".join(rows)
        assert len(files) == -(-len(rows) // 7)


@pytest.mark.parametrize("name", ["csv", "influx"])
def test_an_unknown_option_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sinks\[0\].*quoting: unknown key"):
        local_sink(name, tmp_path, quoting="all")


def test_tags_of_points_are_those_that_are_asked_for(tmp_path: Path) -> None:
    run(local_sink("influx", tmp_path, tags=[], metric_tags=["host.name"]))
    (points,) = tmp_path.glob("*_metrics_*.lp")
    lines = [read_line(line) for line in points.read_bytes().splitlines(keepends=True)]
    assert {key for line in lines for key in line.tags} == {"host.name"}
    (spans,) = tmp_path.glob("*_traces_*.lp")
    assert read_line(spans.read_bytes().splitlines(keepends=True)[0]).tags.keys() == {
        "kind",
        "status",
    }
