"""The page on logs: its examples work, and its tables agree with the code."""

import re
from pathlib import Path

import pytest

from log_world import all_decoded, log_factory
from project_files import ROOT
from telemetry_common.config import parse_yaml, validate
from telemetry_generator.config.base import Section
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.logs.catalogue import WORLD_PARAMETERS, shipped_catalogue

_PAGE = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"```(yaml|tsv)\n(.*?)```", _PAGE, re.DOTALL)
_EXAMPLES = [text for kind, text in _BLOCKS if kind == "yaml"]
_TABLES = [text for kind, text in _BLOCKS if kind == "tsv"]


class Root(Section):
    logs: LogsConfig


@pytest.mark.parametrize("example", _EXAMPLES)
def test_examples_make_logs(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loyalty.tsv").write_text(_TABLES[0])
    # The small system of the tests has other services.
    renamed = example.replace("[order, payment]", "[orders, payment]").replace(
        "[order]", "[orders]"
    )
    config = validate(Root, parse_yaml(renamed, "logs.md")).logs
    factory = log_factory(**config.model_dump() | {"count": 200})
    assert len(all_decoded(factory)) == 200


def test_types_of_the_page_are_those_there_are() -> None:
    named = set(re.findall(r"^\| `(\w+)` \| ", _PAGE, re.MULTILINE))
    assert named - {"names"} == {"http_access", *shipped_catalogue().types()}


def test_parameters_of_the_page_are_those_there_are() -> None:
    bullets = _PAGE[_PAGE.index("The package brings") : _PAGE.index("## Spans")]
    named = set(re.findall(r"`\{(\w+)\}`", bullets))
    assert WORLD_PARAMETERS < named <= WORLD_PARAMETERS | shipped_catalogue().parameters.keys()
