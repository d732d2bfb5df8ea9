"""Lines of records for tests: what a dialect makes of templates, and the requests they are of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from core_support import SECOND, START, blocks_of, stampers_of
from handmade_set import attributes
from otlp_samples import ROOTS
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.sinks.base import Encoder
from telemetry_sender.stamping.base import BlockStamper
from template_files import template_of

SMALL_BLOCKS = Limits(batch=50, max_bytes=1 << 22)
RESOURCE = attributes(
    service__name="cart",
    service__version="1.4.0",
    host__name="node-1",
    deployment__environment__name="staging",
)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one block in one pass."""

    pass_number: int
    first: int
    """Number of the block's first event in the template, from 0."""
    request: Message
    """The block as it is stamped."""
    records: Mapping[str, list[bytes]]
    """The lines of each stream, line breaks included."""


def made_of(
    dialect: Dialect,
    template: Template,
    stamper: BlockStamper,
    *,
    passes: int = 1,
    limits: Limits = SMALL_BLOCKS,
) -> Iterator[Made]:
    """Yield what a dialect makes of all blocks of a template, pass by pass."""
    encoder = RecordEncoder(template, dialect)
    return made_by(encoder, template, stamper, passes=passes, limits=limits)


def made_by(
    encoder: Encoder,
    template: Template,
    stamper: BlockStamper,
    *,
    passes: int = 1,
    limits: Limits = SMALL_BLOCKS,
) -> Iterator[Made]:
    """Yield what an encoder of records makes of all blocks of its template, pass by pass."""
    blocks = blocks_of(template.plan, limits)
    for number in range(passes):
        for block in blocks:
            stamped = stamper.stamp(block, number, START + number * SECOND)
            batch = encoder.encode(block, number, stamped)
            records = {each.stream: _cut(each.data, each.ends.tolist()) for each in batch}
            request = ROOTS[template.signal].FromString(stamped)
            yield Made(number, block.first, request, records)


def lines_of(
    dialect: Dialect, contents: Mapping[Signal, Message | bytes], *, passes: int = 1
) -> dict[str, list[dict[str, Any]]]:
    """Return the records of each stream of a set, read."""
    found: dict[str, list[dict[str, Any]]] = {}
    data = {
        signal: each if isinstance(each, bytes) else bytes(each.SerializeToString())
        for signal, each in contents.items()
    }
    with TemporaryDirectory() as folder:
        templates = template_of(Path(folder), data)
        stampers = stampers_of(templates)
        for signal, template in templates.items():
            for made in made_of(dialect, template, stampers[signal], passes=passes):
                for stream, lines in made.records.items():
                    found.setdefault(stream, []).extend(map(json.loads, lines))
    return found


def lines_of_spans(dialect: Dialect, *spans: Span) -> list[dict[str, Any]]:
    """Return the records of spans of the service `cart`."""
    data = TracesData()
    group = data.resource_spans.add(resource=Resource(attributes=RESOURCE))
    group.scope_spans.add(spans=spans)
    return lines_of(dialect, {Signal.TRACES: data})["traces"]


def lines_of_logs(
    dialect: Dialect, *records: LogRecord, scope: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """Return the records of log records of the service `cart`, those of each stream."""
    data = LogsData()
    group = data.resource_logs.add(resource=Resource(attributes=RESOURCE))
    group.scope_logs.add(log_records=records, scope=InstrumentationScope(name=scope))
    return lines_of(dialect, {Signal.LOGS: data})


def assert_joined(spans: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Assert that ids differ and that parents are spans of their trace; return the ids."""
    ids = {(each["trace_id"], each["span_id"]) for each in spans}
    assert len(ids) == len(spans)
    children = [each for each in spans if each["parent_span_id"] is not None]
    assert 0 < len(children) < len(ids)
    assert all((each["trace_id"], each["parent_span_id"]) in ids for each in children)
    return ids


def _cut(data: bytes, ends: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
