"""Two runs are compared figure by figure, and what got worse beyond its threshold is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from run_reports import parsed, report_of, written
from telemetry_common.errors import UsageError
from telemetry_sender.results.compare.command import compare
from telemetry_sender.results.compare.compare import compare_reports
from telemetry_sender.results.compare.figures import FIGURES
from telemetry_sender.results.compare.threshold import DEFAULTS, Threshold
from telemetry_sender.results.html.page import page
from telemetry_sender.results.merging import merge_reports


def run(tmp_path: Path, a: dict[str, Any], b: dict[str, Any], *options: str) -> Result:
    files = [str(written(tmp_path / f"{name}.json", each)) for name, each in (("a", a), ("b", b))]
    return CliRunner().invoke(
        compare, [*files, *options], standalone_mode=False, catch_exceptions=False
    )


def test_a_run_is_as_good_as_itself(tmp_path: Path) -> None:
    result = run(tmp_path, report_of(), report_of())
    assert result.return_value == 0
    assert "as good" in result.output.splitlines()[-1]
    assert "settings that differ" not in result.output


def test_a_slower_run_breaks_the_defaults_and_exits_with_1(tmp_path: Path) -> None:
    result = run(tmp_path, report_of(rate=1000), report_of(rate=900, millis=20.0))
    assert result.return_value == 1
    assert "worse: rate: 1,000 to 900 events/s (-10.0%), allowed -5%" in result.output
    assert "worse: response_p99: " in result.output
    assert result.output.splitlines()[-1] == "not as good"


def test_a_faster_run_is_fine(tmp_path: Path) -> None:
    result = run(tmp_path, report_of(rate=1000), report_of(rate=2000, millis=1.0, failures=0))
    assert result.return_value == 0


def test_given_thresholds_replace_the_defaults(tmp_path: Path) -> None:
    slower = report_of(rate=900)
    assert run(tmp_path, report_of(), slower, "--threshold", "cpu=+50%").return_value == 0
    assert run(tmp_path, report_of(), slower, "--threshold", "rate=-20%").return_value == 0
    assert run(tmp_path, report_of(), slower, "--threshold", "cpu=+1%").return_value == 1


def test_errors_fail_only_on_request(tmp_path: Path) -> None:
    same = report_of(failures=1)
    assert run(tmp_path, same, same).return_value == 0
    result = run(tmp_path, same, same, "--fail-on-errors")
    assert result.return_value == 1
    assert "worse: errors: 30 requests failed" in result.output
    clean = report_of(failures=0)
    assert run(tmp_path, same, clean, "--fail-on-errors").return_value == 0


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    clean = report_of(failures=0)
    clean["errors"] = [{"signal": "logs", "code": "WARNING", "message": "old", "count": 3}]
    assert run(tmp_path, clean, clean, "--fail-on-errors").return_value == 0


def test_settings_that_differ_are_named(tmp_path: Path) -> None:
    result = run(tmp_path, report_of(30), report_of(20))
    assert "settings that differ: sending.duration" in result.output


def test_the_comparison_for_programs(tmp_path: Path) -> None:
    result = run(tmp_path, report_of(rate=1000), report_of(rate=900), "--json")
    found = json.loads(result.output)
    assert found["ok"] is False
    assert found["figures"].keys() == FIGURES.keys()
    rate = found["figures"]["rate"]
    assert (rate["a"], rate["b"], rate["threshold"], rate["ok"]) == (1000, 900, "-5%", False)
    assert rate["change_percent"] == pytest.approx(-10)


def test_a_merged_report_without_series_can_be_compared() -> None:
    merged = report_of()
    del merged["series"], merged["limit"]
    assert compare_reports(parsed(merged), parsed(report_of()), []).ok


@pytest.mark.parametrize(
    ("text", "before", "after", "broken"),
    [
        ("rate=-5%", 100.0, 95.0, False),
        ("rate=-5%", 100.0, 94.9, True),
        ("rate=-5%", 100.0, 500.0, False),
        ("response_p99=+10%", 10.0, 11.0, False),
        ("response_p99=+10%", 10.0, 11.1, True),
        ("response_p99=+10%", 0.0, 0.1, True),
        ("loss=+0.1", 0.0, 0.1, False),
        ("loss=+0.1", 0.0, 0.11, True),
        ("loss=+0", 1.0, 1.0, False),
        ("rate=-0%", 100.0, 99.9, True),
        ("rate=-0%", 100.0, 100.1, False),
        ("response_p99=+10%", None, None, False),
        ("response_p99=+10%", 1.0, None, True),
        ("response_p99=+10%", None, 1.0, True),
    ],
)
def test_a_threshold_bounds_one_direction(
    text: str, before: float | None, after: float | None, broken: bool
) -> None:
    assert Threshold.parse(text).broken_by(before, after) == broken


@pytest.mark.parametrize(
    "text", ["rate", "rate=5%", "rate=-5 %", "rate=-x", "=-5%", "rate=-1e3", ""]
)
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not NAME="):
        Threshold.parse(text)


def test_an_unknown_figure_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no such figure; choose among rate, accuracy, loss"):
        Threshold.parse("speed=-5%")


@given(
    st.sampled_from(sorted(FIGURES)), st.sampled_from("+-"), st.integers(0, 10**6), st.booleans()
)
def test_a_threshold_is_written_as_it_is_read(
    name: str, sign: str, amount: int, relative: bool
) -> None:
    text = f"{sign}{amount}{'%' if relative else ''}"
    parsed_again = Threshold.parse(f"{name}={text}")
    assert Threshold.parse(f"{name}={parsed_again}") == parsed_again


def test_defaults_and_figures_are_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "results.md").read_text()
    for name in FIGURES:
        assert f"`{name}`" in text
    for default in DEFAULTS:
        assert f"`{default}`" in text


def test_the_merged_report_of_shards_can_be_compared_and_drawn() -> None:
    each = {f"{number}.json": report_of(seconds=10) for number in range(2)}
    for number, report in enumerate(each.values()):
        report["run"] |= {"shard": f"{number}/2", "id": str(number)}
    merged = parsed(merge_reports(each))
    found = compare_reports(parsed(report_of(seconds=10)), merged, [Threshold.parse("rate=+95%")])
    assert not found.ok, "two shards send twice as much"
    assert page(merged).count('<svg class="plot"') == 10
