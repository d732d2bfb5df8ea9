"""A template set is indexed whole or refused with the place and the fix."""

from pathlib import Path

import pytest

from receiver_reference import FOREIGN_SPAN, build_reference_set, write_reference_set
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_sender.receiver import template_chunks
from telemetry_sender.receiver.references import Reference
from telemetry_sender.receiver.template_index import PHANTOM, ROOT, load_template_index


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write_reference_set(build_reference_set(), tmp_path)
    return tmp_path


@pytest.mark.parametrize("chunk_bytes", [1, 7, 100, 4 << 20])
def test_traces_and_parents_are_found_however_the_file_is_read(
    directory: Path, chunk_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template_chunks, "CHUNK_BYTES", chunk_bytes)
    spans = build_reference_set().spans
    order = list(dict.fromkeys(span.trace_id for span in spans))
    places = {span.span_id: index for index, span in enumerate(spans)}
    places.update({b"": ROOT, FOREIGN_SPAN: PHANTOM})
    index = load_template_index(directory)
    assert index.span_count == len(spans)
    assert index.trace_count == len(order)
    assert index.traces.tolist() == [order.index(span.trace_id) for span in spans]
    assert index.parents.tolist() == [places[span.parent_span_id] for span in spans]


def test_foreign_references_of_the_templates_are_counted(directory: Path) -> None:
    index = load_template_index(directory)
    assert index.unresolved == dict.fromkeys(Reference, 1)
    assert index.events[Signal.METRICS] == 6


def test_a_truncated_file_is_refused(directory: Path) -> None:
    file = directory / "reference-traces.pb"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(TemplateError, match=r"reference-traces\.pb: ends inside a message"):
        load_template_index(directory)


def test_a_file_other_than_the_manifest_says_is_refused(directory: Path) -> None:
    file = directory / "reference-traces.pb"
    file.write_bytes(file.read_bytes() * 2)
    with pytest.raises(TemplateError, match="differs from its manifest; generate the set again"):
        load_template_index(directory)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x08\x01", "not OTLP at byte 0"),
        (b"\xff" * 20, "not OTLP at byte 0"),
        (b"\x0a\x02\xff\xff", "not OTLP traces"),
    ],
)
def test_a_file_that_is_not_otlp_is_refused(directory: Path, content: bytes, problem: str) -> None:
    (directory / "reference-traces.pb").write_bytes(content)
    with pytest.raises(TemplateError, match=problem):
        load_template_index(directory)


def test_a_missing_file_is_named(directory: Path) -> None:
    (directory / "reference-logs.pb").unlink()
    with pytest.raises(TemplateError, match=r"reference-logs\.pb: no such file"):
        load_template_index(directory)


def test_a_set_without_spans_is_indexed_by_what_it_has(tmp_path: Path) -> None:
    """References to spans of another set are unresolved in the templates already."""
    write_reference_set(build_reference_set(traces=2, spans_per_trace=2), tmp_path)
    manifest = tmp_path / "reference-metadata.yaml"
    before, _, after = manifest.read_text().partition("  traces:\n")
    manifest.write_text(before + after[after.index("  metrics:") :])
    index = load_template_index(tmp_path)
    assert (index.span_count, index.trace_count) == (0, 0)
    assert index.points.events == 6
    assert index.unresolved[Reference.EXEMPLARS] == 2
