"""`telemetry-sender shapes` lists what can be asked for by name."""

import json

import pytest

from telemetry_sender.cli import execute
from telemetry_sender.config.named_shapes import NAMED_SHAPES
from telemetry_sender.pace.lines import Line, LinesLoad
from telemetry_sender.pace.mean_rates import mean_rates
from telemetry_sender.sparkline import sparkline


def test_every_shape_is_listed_with_its_range_and_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert execute(["shapes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = {line.split()[0]: line for line in lines if line[:1].isalpha()}
    assert list(found)[1:] == list(NAMED_SHAPES)
    assert "100 to 5,000" in found["burst"]
    assert "▁" in found["burst"]
    assert "█" in found["burst"]


def test_one_shape_is_shown_with_all_that_it_sets(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["shapes", "ramp"]) == 0
    shown = capsys.readouterr().out
    assert "6,060,000 events in all" in shown
    assert '{"kind": "ramp", "from": 100.0, "to": 10000.0, "over": 1200.0, "then": "hold"}' in shown
    assert "duration: 1200.0" in shown


def test_as_json_a_shape_can_be_used_as_a_description(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["shapes", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [shape["name"] for shape in listed] == list(NAMED_SHAPES)
    assert execute(["shapes", "spike", "--json"]) == 0
    spike = json.loads(capsys.readouterr().out)
    assert spike in listed
    assert spike["shape"] == {"kind": "burst", "base": 100, "peak": 20000, "every": 300, "for": 30}
    assert spike["highest_events_per_second"] == 20000
    assert max(spike["rates"]) == 20000


def test_an_unknown_shape_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["shapes", "bursts"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: shapes: no shape is called 'bursts'; choose one of low, ")
    assert error.count("\n") == 1


def test_a_line_is_as_high_as_the_load() -> None:
    up = LinesLoad.of([Line(8, 0, 80)])
    assert sparkline(mean_rates(up, 8, 8), up.highest) == "▁▂▃▄▅▆▇█"
    steps = LinesLoad.of([Line(4, 5, 5), Line(4, 50, 50)])
    assert sparkline(mean_rates(steps, 8, 4), steps.highest) == "▂▂██"
