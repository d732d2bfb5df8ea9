"""The page of a run holds its figures, its plots, and no text that a browser would run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from run_reports import HOSTILE, parsed, report_of, written
from telemetry_common.errors import UsageError
from telemetry_sender.results.html.page import page
from telemetry_sender.results.html.plot import Line, Plot
from telemetry_sender.results.html.scale import short, ticks
from telemetry_sender.results.page_command import report as command
from telemetry_sender.results.report_file import read_report


def test_the_page_holds_figures_limit_and_configuration() -> None:
    text = page(parsed(report_of()))
    for words in (
        "accepted events",
        "30,000",
        "Limit: ",
        "INTERNAL",
        "sending.duration",
        "2026-01",
    ):
        assert words in text
    assert text.count('<svg class="plot"') == 10


def test_the_processes_of_a_run_are_listed() -> None:
    report = report_of(2)
    assert "resident at most</th>" not in page(parsed(report))
    process = {"outcome": "completed", "acked": {"traces": 1234}, "cpu_seconds": 1.5}
    report["processes"] = [process | {"number": each, "max_rss_bytes": 1 << 20} for each in (0, 1)]
    text = page(parsed(report))
    assert text.count("<td>1,234</td><td>1.5 s</td><td>1.0 MB</td>") == 2


def test_a_receivers_message_stays_text() -> None:
    text = page(parsed(report_of()))
    assert HOSTILE not in text
    assert "&lt;/script&gt;&lt;script&gt;" in text
    assert text.count("<script>") == 1
    assert "<img" not in text


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    text = page(parsed(report_of()))
    assert 'content="default-src &#x27;none&#x27;; ' in text
    assert not re.search(r'(?:src|href)="(?!#)', text)


def test_a_plot_has_a_point_for_each_interval_that_has_a_value() -> None:
    line = Line("x", [1.0, None, 3.0, 4.0], "c1")
    drawn = Plot("Title", "unit", [1.0, 2.0, 3.0, 4.0], [line]).drawn()
    (path,) = re.findall(r'<path class="line c1" d="([^"]*)" data-values="1 - 3 4">', drawn)
    first, second = path.split("M")[1:]
    assert first.count("L") == 1, "a point alone is a dot"
    assert second.count("L") == 1
    heights = [float(place.split(" ")[1]) for place in re.split("[ML]", path)[1:]]
    assert heights[0] > heights[2] > heights[3], "more is higher up"


def test_a_plot_without_values_says_so() -> None:
    assert "nothing to show" in Plot("T", "u", [1.0], [Line("x", [None], "c1")]).drawn()


def test_a_run_without_a_series_has_a_page() -> None:
    report = report_of()
    del report["series"], report["limit"]
    text = page(parsed(report))
    assert "over before its first sample" in text
    assert "<svg" not in text


@given(st.floats(1e-9, 1e15))
def test_ticks_are_few_and_reach_the_top(top: float) -> None:
    found = ticks(top)
    assert found[0] == 0
    assert found[-1] >= top * (1 - 1e-9)
    assert 2 <= len(found) <= 7
    assert found[-2] < top


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.05, "0.05"), (999, "999"), (1250, "1.25k"), (3.2e6, "3.2M")]
)
def test_numbers_on_axes_are_short(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"schema_version": 1}, "schema_version"),
        ({"totals": {}}, r"totals\.scheduled"),
        ({"series": {"elapsed_seconds": [1, 2], "cpu_cores": [1]}}, "columns differ in length"),
        ({"series": {"elapsed_seconds": [2, 1]}}, "elapsed_seconds do not rise"),
    ],
)
def test_what_is_no_report_is_refused(change: dict[str, Any], problem: str, tmp_path: Path) -> None:
    file = written(tmp_path / "r.json", report_of(2) | change)
    with pytest.raises(UsageError, match=rf"r\.json: not a report: .*{problem}"):
        read_report(file)


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or directory; give a file of"):
        read_report(tmp_path / "none.json")


def test_the_command_draws_an_old_report(tmp_path: Path) -> None:
    file, target = written(tmp_path / "run.json", report_of(3)), tmp_path / "run.html"
    result = CliRunner().invoke(command, [str(file), "--html", str(target)])
    assert result.output == f"wrote {target}\n"
    assert target.read_text(encoding="utf-8") == page(read_report(file))


def test_the_place_of_the_page_is_checked_first(tmp_path: Path) -> None:
    file = written(tmp_path / "run.json", report_of(3))
    with pytest.raises(UsageError, match=r"--html .*no such directory"):
        CliRunner().invoke(
            command, [str(file), "--html", str(tmp_path / "no" / "x.html")], catch_exceptions=False
        )


def test_reports_of_the_future_may_have_more_fields() -> None:
    report = json.loads(json.dumps(report_of(2))) | {"surprise": 1}
    assert parsed(report).outcome == "completed"
