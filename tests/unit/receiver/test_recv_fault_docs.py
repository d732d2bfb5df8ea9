"""The page about faults: its examples are valid, and it names every fault there is."""

import re
from pathlib import Path

import pytest

from telemetry_sender.receiver.faults.config import FaultConfig
from telemetry_sender.receiver.faults.kinds import FAULTS
from telemetry_sender.receiver.faults.options import (
    load_misbehaviour,
    parse_capacity,
    parse_fault,
)
from telemetry_sender.receiver.statuses import Code, find_status, status_of_code

PAGE = (Path(__file__).parents[3] / "docs" / "faults.md").read_text()


@pytest.mark.parametrize("spec", re.findall(r"--fault ([a-z]\S+)", PAGE))
def test_every_example_of_a_fault_is_valid(spec: str) -> None:
    assert parse_fault(spec).built().name == re.split("[=,]", spec)[0]


@pytest.mark.parametrize("spec", re.findall(r"--capacity (\d\S+)", PAGE))
def test_every_example_of_a_capacity_is_valid(spec: str) -> None:
    assert parse_capacity(spec).built().rate > 0


def test_the_file_is_valid(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file = tmp_path / "faults.yaml"
    file.write_text(example)
    assert len(load_misbehaviour(file, [], None).faults) == 3


def test_every_fault_and_condition_is_named() -> None:
    conditions = set(FaultConfig.model_json_schema()["properties"]) - {"fault", "value"}
    names = {each.replace("_", "-") for each in conditions} | set(FAULTS)
    assert {each for each in names if not re.search(rf"`{each}[=`]|,{each}=", PAGE)} == set()


@pytest.mark.parametrize("code", Code)
def test_the_table_says_what_a_code_becomes_over_http(code: Code) -> None:
    name = code.name.lower().replace("_", "-")
    (row,) = re.findall(rf"^\| [^|]*`{name}`[^|:]*: (\d+) \|", PAGE, re.MULTILINE)
    assert status_of_code(code).http == int(row)


@pytest.mark.parametrize(
    ("numbers", "code"), re.findall(r"\| ([\d, ]+): `([A-Z_]+)` \|$", PAGE, re.MULTILINE)
)
def test_the_table_says_what_a_number_becomes_over_grpc(numbers: str, code: str) -> None:
    for number in numbers.split(", "):
        status = find_status(number)
        assert status is not None
        assert (status.code.name, status.http) == (code, int(number))
