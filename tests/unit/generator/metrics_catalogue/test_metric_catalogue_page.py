"""The page of all metrics follows from the catalogue."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from project_files import ROOT


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
    assert (ROOT / "docs/catalogue.md").read_text() == _script().page()


def test_a_page_that_is_out_of_date_is_found_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = _script()
    monkeypatch.setattr(script, "PAGE", tmp_path / "catalogue.md")
    with pytest.raises(SystemExit, match="out of date"):
        script.main(["--check"])
    script.main([])
    script.main(["--check"])
