"""The schemas in docs/schemas describe the records of every dialect and stream, and only those."""

import copy
import json
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given

from core_support import (
    COMMITTED_SIGNALS,
    committed_data,
    encoded_sample,
    examples,
    sources,
    stampers_of,
)
from handmade_set import HandmadeSet
from project_files import ROOT
from record_lines import lines_of, made_of
from record_schemas import schema_of, validator
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialects.registry import DialectName, find_dialect
from template_files import template_of

all_records = pytest.mark.parametrize("stream", list(Stream))
all_dialects = pytest.mark.parametrize("dialect", list(DialectName))


@cache
def records_of(dialect: DialectName) -> dict[str, list[dict[str, Any]]]:
    """Return the records of the committed set."""
    data = committed_data()
    return lines_of(find_dialect(dialect), data)


@all_dialects
@all_records
def test_a_dialect_writes_every_stream_and_has_a_schema_for_each(
    dialect: DialectName, stream: Stream
) -> None:
    assert stream in find_dialect(dialect).writers
    assert schema_of(dialect, stream)["title"] == f"Records of {stream} in the dialect {dialect}"


def test_there_is_no_schema_of_anything_else() -> None:
    """Of records that no dialect writes."""
    found = {path.name for path in (ROOT / "docs" / "schemas").glob("*-*.schema.json")}
    assert found == {f"{name}-{stream}.schema.json" for name in DialectName for stream in Stream}


@all_dialects
@all_records
def test_members_come_in_the_order_of_the_schema(dialect: DialectName, stream: Stream) -> None:
    for record in records_of(dialect)[stream]:
        names = schema_of(dialect, stream)["properties"]
        assert list(record) == [name for name in names if name in record]
        validator(dialect, stream).validate(record)


@all_dialects
@all_records
def test_every_member_is_described(dialect: DialectName, stream: Stream) -> None:
    members = schema_of(dialect, stream)["properties"]
    assert [name for name, each in members.items() if not {"description", "const"} & set(each)] in (
        [],
        ["data"],
    )


@all_dialects
@all_records
def test_a_record_that_lacks_a_member_or_has_another_is_refused(
    dialect: DialectName, stream: Stream
) -> None:
    schema, check = schema_of(dialect, stream), validator(dialect, stream)
    record = records_of(dialect)[stream][0]
    for name in schema["required"]:
        assert not check.is_valid({key: each for key, each in record.items() if key != name})
    assert not check.is_valid({**record, "other": 1})


@all_dialects
def test_an_id_in_capitals_and_a_time_without_a_zone_are_refused(dialect: DialectName) -> None:
    check, record = validator(dialect, "traces"), records_of(dialect)["traces"][0]
    for name, wrong in (("trace_id", "A" * 32), ("span_id", "0" * 15), ("timestamp", "2026-01-01")):
        changed = copy.deepcopy(record)
        holder = changed if name in changed else changed.get("data", changed)
        holder[name] = wrong
        assert not check.is_valid(changed)


def test_a_flat_point_has_the_members_of_its_kind() -> None:
    """And not those of another."""
    found = lines_of(find_dialect(DialectName.FLAT), {Signal.METRICS: HandmadeSet().metrics})
    check = validator(DialectName.FLAT, "metrics")
    for record in found["metrics"]:
        check.validate(record)
        for kind in {each["type"] for each in found["metrics"]} - {record["type"]}:
            assert not check.is_valid({**record, "type": kind})


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(40)
@given(rng=sources)
def test_flat_records_of_arbitrary_files_are_valid(signal: Signal, rng: Random) -> None:
    dialect = find_dialect(DialectName.FLAT)
    with TemporaryDirectory() as folder:
        template = template_of(Path(folder), {signal: encoded_sample(rng, signal)})
        stamper = stampers_of(template)[signal]
        for made in made_of(dialect, template[signal], stamper, limits=Limits(5, 1 << 22)):
            for stream, lines in made.records.items():
                for line in lines:
                    validator(dialect.name, stream).validate(json.loads(line))
