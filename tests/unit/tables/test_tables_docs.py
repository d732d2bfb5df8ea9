"""docs/tables.md describes the columns that there are."""

import pytest

from project_files import ROOT
from table_pages import page_lines
from telemetry_common.signals import Signal
from telemetry_sender import tables
from telemetry_sender.tables.api import Wanted, WideWanted
from telemetry_sender.tables.schemas.choice import SCHEMAS, schemas_of
from telemetry_sender.tables.schemas.table import TableForm

PAGE = (ROOT / "docs" / "tables.md").read_text()


@pytest.mark.parametrize("signal", list(SCHEMAS))
def test_the_page_has_every_column(signal: Signal) -> None:
    for schema in schemas_of(signal, TableForm()):
        assert "\n".join(page_lines(schema)) in PAGE


def test_the_page_names_every_function_and_argument() -> None:
    for name in (*tables.__all__, *Wanted.__annotations__, *WideWanted.__annotations__):
        assert f"`{name}" in PAGE
