"""Names of files, and the files that have such names."""

from pathlib import Path

import pytest

from numbered_records import START
from telemetry_sender.files.naming import Naming, partial_path
from telemetry_sender.sending.part import Part

DEFAULT = "{prefix}_{stream}_{sequence}"


def naming(directory: Path, name: str = DEFAULT, part: Part | None = None) -> Naming:
    return Naming(directory, name, "load.test", ".ndjson.gz", part or Part())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (DEFAULT, "load.test_logs_0007.ndjson.gz"),
        ("{stream}", "logs.ndjson.gz"),
        ("{time}-{stream}{sequence}", "20260101_000001-logs0007.ndjson.gz"),
    ],
)
def test_placeholders_are_filled(name: str, expected: str) -> None:
    at = Path("out")
    assert naming(at, name).path("logs", 7, START + 1_999_999_999) == at / expected


def test_a_sequence_outgrows_four_digits() -> None:
    assert naming(Path()).path("logs", 12345, START).name == "load.test_logs_12345.ndjson.gz"


def test_processes_write_files_of_their_own() -> None:
    path = naming(Path(), part=Part(3, 12)).path("logs", 1, START)
    assert path.name == "load.test_logs_0001-p03.ndjson.gz"


def test_a_prefix_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    odd = Naming(Path(), DEFAULT, "{stream}", ".csv")
    assert odd.path("logs", 1, START).name == "{stream}_logs_0001.csv"


def test_files_that_would_be_overwritten_are_found(tmp_path: Path) -> None:
    there = ["load.test_logs_0001.ndjson.gz", "load.test_events_12345.ndjson.gz"]
    others = [
        "load.test_traces_0001.ndjson.gz",
        "load.test_logs_0001.ndjson",
        "load.test_logs_0001-p01.ndjson.gz",
        "loadXtest_logs_0001.ndjson.gz",
        "load.test_logs_01.ndjson.gz",
        ".load.test_logs_0001.ndjson.gz.partial",
    ]
    for name in there + others:
        (tmp_path / name).touch()
    found = naming(tmp_path).existing(["logs", "events"])
    assert sorted(path.name for path in found) == sorted(there)


def test_names_with_a_time_are_found(tmp_path: Path) -> None:
    name = naming(tmp_path, "{time}_{stream}")
    name.path("logs", 1, START).touch()
    (tmp_path / "latest_logs.ndjson.gz").touch()
    assert list(name.existing(["logs"])) == [tmp_path / "20260101_000000_logs.ndjson.gz"]


def test_unfinished_files_are_hidden_and_found(tmp_path: Path) -> None:
    name = naming(tmp_path)
    partial = partial_path(name.path("logs", 1, START))
    assert partial.name == ".load.test_logs_0001.ndjson.gz.partial"
    partial.touch()
    partial_path(name.path("traces", 1, START)).touch()
    assert list(name.leftovers(["logs"])) == [partial]
    assert not list(name.existing(["logs"]))


def test_each_stream_has_a_lock_of_its_own(tmp_path: Path) -> None:
    name = naming(tmp_path)
    assert name.lock("logs").name == ".load.test_logs_sequence.ndjson.gz.lock"
    assert name.lock("logs") != name.lock("traces")
