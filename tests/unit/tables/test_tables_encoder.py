"""Every row of a table says what the stamped request says, in whatever pieces it is stamped."""

import json
from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given

from core_support import (
    COMMITTED,
    COMMITTED_SIGNALS,
    SECOND,
    START,
    blocks_of,
    committed_data,
    encoded_sample,
    examples,
    small_limits,
    sources,
    stampers_of,
)
from table_rows import comparable, expected_rows, plain_rows
from telemetry_common.errors import ConfigError, TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.tables.encoder import TableEncoder
from telemetry_sender.tables.schemas.choice import check_form
from telemetry_sender.tables.schemas.table import Ids, TableForm
from template_files import template_of


def assert_rows_are_requests(
    templates: Mapping[Signal, Template], signal: Signal, limits: Limits
) -> int:
    """Compare the rows of every block in three passes with the requests; return how many."""
    template, seen = templates[signal], 0
    encoder, stamper = TableEncoder(template), stampers_of(templates)[signal]
    for number in (0, 1, 1000):
        for block in blocks_of(template.plan, limits):
            stamped = stamper.stamp(block, number, START + number * SECOND)
            made = {rows.stream: rows for rows in encoder.encode(block, number, stamped)}
            for stream, expected in expected_rows(signal, stamped).items():
                found = plain_rows(made[stream].batch) if stream in made else []
                assert found == [comparable(row) for row in ordered(encoder, stream, expected)]
                seen += len(found)
            for rows in made.values():
                rows.batch.validate(full=True)
    return seen


def ordered(
    encoder: TableEncoder, stream: str, rows: list[dict[str, object]]
) -> list[dict[str, object]]:
    """Return rows with the fields in the order of the schema, none left out."""
    return [{name: row[name] for name in encoder.table(stream).arrow.names} for row in rows]


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(40)
@given(rng=sources, limits=small_limits)
def test_rows_of_arbitrary_files_say_what_the_requests_say(
    signal: Signal, rng: Random, limits: Limits
) -> None:
    files = {Signal.TRACES: encoded_sample(rng, Signal.TRACES)}
    files[signal] = encoded_sample(rng, signal)
    with TemporaryDirectory() as folder:
        assert_rows_are_requests(template_of(Path(folder), files), signal, limits)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@pytest.mark.parametrize("batch", [7, 10_000])
def test_rows_of_the_committed_set_say_what_the_requests_say(
    signal: Signal, batch: int, tmp_path: Path
) -> None:
    templates = committed(tmp_path)
    seen = assert_rows_are_requests(templates, signal, Limits(batch, 1 << 22))
    assert seen == 3 * templates[signal].plan.events


def committed(folder: Path) -> dict[Signal, Template]:
    data = committed_data()
    return template_of(folder, data)


def all_rows(template: Template, templates: Mapping[Signal, Template], form: TableForm) -> pa.Table:
    """Return one pass of a template's first table."""
    encoder, stamper = TableEncoder(template, form), stampers_of(templates)[template.signal]
    blocks = blocks_of(template.plan, Limits(7, 1 << 22))
    batches = [encoder.encode(b, 0, stamper.stamp(b, 0, START))[0].batch for b in blocks]
    return pa.Table.from_batches(batches)


def test_batches_of_a_run_share_one_dictionary(tmp_path: Path) -> None:
    """So that they can stand in one file of Arrow, however the template is cut."""
    templates = committed(tmp_path)
    table = all_rows(templates[Signal.TRACES], templates, TableForm())
    chunks = table.column("name").chunks
    assert len(chunks) > 1
    assert len({chunk.dictionary.buffers()[2].address for chunk in chunks}) == 1


def test_what_is_prepared_does_not_change_what_is_made(tmp_path: Path) -> None:
    templates = committed(tmp_path)
    template, stamper = templates[Signal.TRACES], stampers_of(templates)[Signal.TRACES]
    blocks = blocks_of(template.plan, Limits(3, 1 << 22))
    prepared, unprepared = TableEncoder(template), TableEncoder(template)
    for block in blocks[:2]:
        prepared.prepare(block)
    for block in blocks:
        stamped = stamper.stamp(block, 0, START)
        ready, made = (each.encode(block, 0, stamped)[0] for each in (prepared, unprepared))
        assert ready.batch.equals(made.batch)
        assert ready.batch.column("name").dictionary.equals(made.batch.column("name").dictionary)


def test_a_batch_knows_its_size_and_when_it_begins(tmp_path: Path) -> None:
    """The dictionaries, which all share, do not count."""
    templates = committed(tmp_path)
    template, stamper = templates[Signal.LOGS], stampers_of(templates)[Signal.LOGS]
    (block,) = blocks_of(template.plan, Limits(10_000, 1 << 22))
    made = TableEncoder(template).encode(block, 0, stamper.stamp(block, 0, START))
    assert {rows.stream for rows in made} == {"logs", "events"}
    assert sum(rows.events for rows in made) == template.plan.events
    for rows in made:
        assert rows.time == rows.batch.column("timestamp")[0].value
    widths = 8 + 8 + 4 + 4 + 4 + 4 + 4 + (4 + 32) + (4 + 16) + 4 + 4 * 4
    assert len(made) == pytest.approx(widths * template.plan.events, rel=0.1)


def test_ids_may_be_bytes(tmp_path: Path) -> None:
    templates = committed(tmp_path)
    text, raw = (
        all_rows(templates[Signal.TRACES], templates, TableForm(ids))
        for ids in (Ids.HEX, Ids.BINARY)
    )
    for name, width in (("trace_id", 16), ("span_id", 8), ("parent_span_id", 8)):
        assert raw.schema.field(name).type == pa.binary(width)
        ids = [each and each.hex() for each in raw.column(name).to_pylist()]
        assert ids == text.column(name).to_pylist()


def test_attributes_become_columns_of_the_type_that_they_have(tmp_path: Path) -> None:
    """Those of the resource too; what a span does not have is null."""
    keys = ("http.response.status_code", "http.route", "k8s.pod.name", "nowhere")
    templates = committed(tmp_path)
    table = all_rows(templates[Signal.TRACES], templates, TableForm(columns=keys))
    assert table.schema.field("http.response.status_code").type == pa.int64()
    for row in table.to_pylist():
        both = {**json.loads(row["resource"]), **json.loads(row["attributes"])}
        assert {key: row[key] for key in keys} == {key: both.get(key) for key in keys}


def test_a_column_that_is_there_already_is_refused() -> None:
    form = TableForm(columns=("duration_ns",))
    with pytest.raises(ConfigError, match="traces has a column 'duration_ns' already"):
        check_form(form, [Signal.TRACES], "columns")
    check_form(form, [Signal.LOGS], "columns")


def test_bytes_that_are_no_message_are_a_mistake_of_the_template(tmp_path: Path) -> None:
    """What no slot lies in is not looked at before: here the attribute of a span."""
    span = b"\x0a\x10" + b"\1" * 16 + b"\x12\x08" + b"\2" * 8 + b"\x4a\x02\x0a\x7f"
    scope = b"\x12" + bytes([len(span)]) + span
    resource = b"\x12" + bytes([len(scope)]) + scope
    data = b"\x0a" + bytes([len(resource)]) + resource
    template = template_of(tmp_path, {Signal.TRACES: data})[Signal.TRACES]
    (block,) = blocks_of(template.plan, Limits(1, 1 << 22))
    with pytest.raises(TemplateError, match=r"x-traces\.pb: not OTLP traces"):
        TableEncoder(template).prepare(block)


def test_profiles_have_no_table(tmp_path: Path) -> None:
    data = {Signal.PROFILES: (COMMITTED / "small-profiles.pb").read_bytes()}
    with pytest.raises(ValueError, match="profiles"):
        TableEncoder(template_of(tmp_path, data)[Signal.PROFILES])
