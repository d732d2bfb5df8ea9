"""Sinks are found by name: the built-in ones, and those of other packages by entry point."""

from pathlib import Path

import pytest

from sinks_at import sink_at
from telemetry_common.errors import ConfigError
from telemetry_sender.sinks.registry import ENTRY_POINT_GROUP, find_sink, sink_names


@pytest.fixture
def other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package that brings a sink called `shredder`."""
    (tmp_path / "shredder_sink.py").write_text(
        "class Shredder:\n"
        "    def __init__(self, setting):\n"
        "        self.signals = setting.signals\n"
    )
    info = tmp_path / "shredder_sink-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shredder-sink\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{ENTRY_POINT_GROUP}]\n"
        "shredder = shredder_sink:Shredder\n"
        "broken = shredder_sink:Missing\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


def test_the_group_for_other_packages_is_a_stable_name() -> None:
    assert ENTRY_POINT_GROUP == "stampede.sinks"


@pytest.mark.usefixtures("other_package")
def test_a_sink_of_another_package_is_found_by_its_entry_point() -> None:
    sink = sink_at("shredder")
    assert type(sink).__name__ == "Shredder"
    assert "shredder" in sink_names()


@pytest.mark.usefixtures("other_package")
def test_an_unknown_name_is_refused_with_all_names_that_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        find_sink("otlp-grpc")
    assert caught.value.exit_code == 2
    assert caught.value.place == "sinks[0].name"
    assert "'otlp-grpc'" in caught.value.problem
    for name in ("otlp", "discard", "shredder"):
        assert name in caught.value.fix


@pytest.mark.usefixtures("other_package")
def test_a_sink_that_cannot_be_loaded_is_an_error_that_says_why() -> None:
    with pytest.raises(ConfigError) as caught:
        find_sink("broken")
    assert caught.value.place == "sink broken"
    assert "shredder_sink:Missing" in caught.value.problem


def test_without_that_package_its_sink_is_unknown() -> None:
    with pytest.raises(ConfigError, match="no sink is called 'shredder'"):
        find_sink("shredder")
