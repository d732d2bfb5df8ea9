"""The page of all metrics follows from the catalogue."""

import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from emitter_world import metric_topology
from project_files import ROOT
from telemetry_common.config import parse_yaml, validate
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.metrics.series_factory import SeriesFactory

_PAGE = ROOT / "docs/catalogue.md"


def _script() -> ModuleType:
    file = ROOT / "docs/generate_catalogue.py"
    spec = importlib.util.spec_from_file_location("catalogue_page", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    """If this fails, `make docs` writes it again."""
    assert _PAGE.read_text() == _script().page()


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", _PAGE.read_text(), re.DOTALL))
def test_examples_are_valid(example: str) -> None:
    source = parse_yaml(example, "example")
    config = validate(MetricsConfig, replace(source, values=source.values["metrics"]))
    assert SeriesFactory(config, metric_topology(), seed=1).total


def test_a_page_that_is_out_of_date_is_found_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = _script()
    monkeypatch.setattr(script, "PAGE", tmp_path / "catalogue.md")
    with pytest.raises(SystemExit, match="out of date"):
        script.main(["--check"])
    script.main([])
    script.main(["--check"])
