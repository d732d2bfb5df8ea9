"""Reports of the shards of a run, merged into one."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sender_results import STARTED, make_config, make_result, send
from telemetry_common.documents import json_text, write_document
from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_sender.results.latency import LatencyHistogram
from telemetry_sender.results.merge import merge
from telemetry_sender.results.merging import merge_reports, missing_shards
from telemetry_sender.results.report import build_report
from telemetry_sender.results.result import Outcome
from telemetry_sender.results.series import SeriesRecorder
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text())


def report_of(
    shard: str,
    requests: int,
    *,
    seed: int = 42,
    after: float = 0.0,
    outcome: Outcome = Outcome.COMPLETED,
    failing: bool = False,
) -> dict[str, Any]:
    """Return the report of a shard that sent so many requests of ten spans in two seconds."""
    stats, recorder = RunStats((Signal.TRACES,)), SeriesRecorder()
    for second in (1, 2):
        for number in range(requests):
            bad = Delivery("UNAVAILABLE", message="down") if failing and not number else None
            send(stats, Signal.TRACES, 10, bad, millis=1 + number)
        recorder.observe(
            stats.sample(second, due=10.0 * requests * second, usage=ProcessUsage(second, 1 << 20))
        )
    result = replace(
        make_result(stats, make_config(), outcome=outcome, duration_seconds=2.0),
        seed=seed,
        started_at=STARTED + timedelta(seconds=after),
        events_per_pass={Signal.TRACES: 10 * requests},
        series=recorder.series(),
        shard=shard,
    )
    built = build_report(result, versions={"stampede": "0", "python": "3"}, cpu_count=2)
    report: dict[str, Any] = json.loads(json.dumps(built))
    return report


def merged(*reports: dict[str, Any]) -> dict[str, Any]:
    found = merge_reports({f"{number}.json": each for number, each in enumerate(reports)})
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


def test_counts_add_up_and_rates_are_over_the_time_of_all() -> None:
    found = merged(report_of("0/2", 30), report_of("1/2", 50, failing=True, after=1.0))
    assert found["totals"]["sent"] == 2 * 10 * (30 + 50)
    assert found["totals"]["failed"] == 20
    assert found["signals"]["traces"]["acked"] == found["totals"]["acked"] == 1580
    assert found["run"]["duration_seconds"] == pytest.approx(3.0)
    assert found["rate"]["achieved_events_per_second"] == pytest.approx(1580 / 3)
    assert found["errors"] == [
        {"signal": "traces", "code": "UNAVAILABLE", "message": "down", "count": 2}
    ]
    assert found["run"]["shard"] is None
    assert found["sender"]["cpu_seconds"] == 2.0


def test_passes_are_those_of_the_whole_set() -> None:
    """Shards have passes over parts of different sizes."""
    found = merged(report_of("0/2", 30), report_of("1/2", 50))
    assert found["signals"]["traces"]["passes"] == pytest.approx(2.0)


def test_percentiles_are_those_of_all_requests_together() -> None:
    """Not the mean of the shards' percentiles: here one shard has all the slow requests."""
    found = merged(report_of("0/2", 1), report_of("1/2", 99))
    everything = LatencyHistogram()
    for millis in [1, *range(1, 100)] * 2:
        everything.record(millis / 1e3)
    assert found["latency_ms"]["service"] == everything.summary().to_json()
    assert found["signals"]["traces"]["latency_ms"] == found["latency_ms"]


def test_the_worst_outcome_is_that_of_the_run() -> None:
    parts = [report_of("0/2", 1, outcome=Outcome.INTERRUPTED), report_of("1/2", 1)]
    assert merged(*parts)["outcome"] == "interrupted"
    failed = report_of("1/2", 1, outcome=Outcome.FAILED)
    assert merged(parts[0], failed)["outcome"] == "failed"


@given(
    requests=st.lists(st.integers(1, 20), min_size=1, max_size=4),
    starts=st.lists(st.floats(0, 30), min_size=4, max_size=4),
)
def test_the_series_keeps_every_event(requests: list[int], starts: list[float]) -> None:
    """Whenever the shards started: the rates over their intervals sum up to the counts."""
    first = min(starts[: len(requests)])
    parts = [
        report_of(f"{number}/9", count, after=starts[number] - first)
        for number, count in enumerate(requests)
    ]
    series = merged(*parts)["series"]
    intervals = np.diff(series["elapsed_seconds"], prepend=0.0)
    assert np.all(intervals > 0)
    sent = float(np.array(series["sent_events_per_second"]) @ intervals)
    assert sent == pytest.approx(20 * sum(requests), rel=1e-6)


def test_shards_that_run_together_share_their_seconds() -> None:
    found = merged(report_of("0/2", 30), report_of("1/2", 50))
    assert found["series"]["elapsed_seconds"] == [1.0, 2.0]
    assert found["series"]["sent_events_per_second"] == [800.0, 800.0]
    assert found["series"]["intended_events_per_second"] == [800.0, 800.0]
    assert found["series"]["max_rss_bytes"] == [2 << 20, 2 << 20]
    assert found["intended"] == {"events_per_second": 800.0, "events": 1600.0}


def test_merging_merged_reports_is_the_same_as_merging_all_at_once() -> None:
    parts = [report_of(f"{number}/3", number + 1) for number in range(3)]
    pair = merge_reports({"0": parts[0], "1": parts[1]})
    at_once, in_turn = merged(*parts), merged(pair, parts[2])
    for name in ("totals", "signals", "latency_ms", "latency_histograms", "intended", "outcome"):
        assert in_turn[name] == at_once[name]
    assert in_turn["run"]["id"] == at_once["run"]["id"]


def test_shards_of_another_run_are_refused() -> None:
    with pytest.raises(UsageError, match=r"1\.json: has another run seed than 0\.json"):
        merged(report_of("0/2", 1), report_of("1/2", 1, seed=7))


def test_a_shard_that_is_there_twice_is_refused() -> None:
    with pytest.raises(UsageError, match=r"1\.json: is of the same shard as 0\.json"):
        merged(report_of("0/2", 1), report_of("0/2", 2))


def test_shards_that_are_not_there_are_named() -> None:
    reports = {"a": report_of("0/3", 1), "b": report_of("2/3", 1)}
    assert missing_shards(reports) == ["1/3"]


def test_the_command_writes_the_merged_report(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.json" for number in range(2)]
    for number, file in enumerate(files):
        write_document(json_text(report_of(f"{number}/3", 5)), file)
    target = tmp_path / "all.json"
    run = CliRunner().invoke(merge, [*map(str, files), "--report", str(target)])
    assert run.exit_code == 0, run.output
    assert "2 reports merged: run completed" in run.stdout
    assert "missing: the report of shard 2/3" in run.stderr
    assert json.loads(target.read_text())["totals"]["acked"] == 200


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": 2}'])
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "odd.json"
    file.write_text(content)
    run = CliRunner().invoke(merge, [str(file)])
    assert isinstance(run.exception, UsageError)
    assert str(run.exception).startswith(str(file))
