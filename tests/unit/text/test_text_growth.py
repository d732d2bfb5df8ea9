"""Requests are cut so that their text, too, keeps the receiver's limit."""

from pathlib import Path

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData

from core_support import COMMITTED, START, blocks_of, stampers_of
from sender_results import make_config
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.sinks.request_limit import RequestLimit
from telemetry_sender.stamping.encoding import EncodingStamper
from telemetry_sender.text.growth import text_growth
from telemetry_sender.text.json_encoder import JsonEncoder
from telemetry_sender.text.texts import Texts
from template_files import template_of
from whole_feeds import cut_feeds

TEXT = (RequestLimit(is_text=True),)


@pytest.mark.parametrize("signal", list(Signal))
def test_every_request_of_the_committed_set_is_within_its_limit(
    signal: Signal, tmp_path: Path
) -> None:
    data = {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in Signal}
    templates = template_of(tmp_path, data)
    template = templates[signal]
    limit = 20_000 if signal is not Signal.PROFILES else 80_000
    wire_limit = int(limit / text_growth(template))
    stamper = EncodingStamper(stampers_of(templates)[signal], JsonEncoder(Texts(template)))
    blocks = blocks_of(template.plan, Limits(10_000, wire_limit))
    sizes = [len(stamper.stamp(block, 0, START)) for block in blocks]
    assert len(sizes) > 1
    assert max(sizes) <= limit
    assert max(sizes) > limit / 2


def test_the_worst_events_decide(tmp_path: Path) -> None:
    """Control characters take six bytes each as text."""
    logs = LogsData()
    scope = logs.resource_logs.add().scope_logs.add()
    for number in range(32):
        record = scope.log_records.add(time_unix_nano=1)
        record.body.string_value = ("\x01" if number % 2 else "a") * 500
    template = template_of(tmp_path, {Signal.LOGS: logs.SerializeToString()})[Signal.LOGS]
    assert 6 < text_growth(template) < 7


def test_events_count_that_grow_more_than_what_surrounds_them(tmp_path: Path) -> None:
    """As points do, of which a request has thousands in one resource."""
    metrics = MetricsData()
    resource = metrics.resource_metrics.add()
    resource.resource.attributes.add(key="description").value.string_value = "x" * 200
    gauge = resource.scope_metrics.add().metrics.add(name="load").gauge
    for number in range(1_000):
        point = gauge.data_points.add(time_unix_nano=1 + number, as_double=number + 0.5)
        point.attributes.add(key="host.name").value.string_value = f"node-{number}"
    templates = template_of(tmp_path, {Signal.METRICS: metrics.SerializeToString()})
    template = templates[Signal.METRICS]
    stamper = EncodingStamper(stampers_of(templates)[Signal.METRICS], JsonEncoder(Texts(template)))
    (block,) = blocks_of(template.plan, Limits(1_000, 1 << 22))
    assert len(stamper.stamp(block, 0, START)) <= block.size * text_growth(template)


def test_blocks_are_smaller_where_the_sink_takes_text(tmp_path: Path) -> None:
    data = (COMMITTED / "small-traces.pb").read_bytes()
    templates = template_of(tmp_path, {Signal.TRACES: data})
    config = make_config(otlp={"endpoint": "127.0.0.1:1", "max_message_size": 60_000})
    (as_bytes,) = cut_feeds(config, templates)
    (as_text,) = cut_feeds(config, templates, TEXT)
    assert as_text.step < as_bytes.step


def test_an_event_that_is_too_large_as_text_is_refused_with_the_reason(tmp_path: Path) -> None:
    data = (COMMITTED / "small-traces.pb").read_bytes()
    templates = template_of(tmp_path, {Signal.TRACES: data})
    config = make_config(otlp={"endpoint": "127.0.0.1:1", "max_message_size": 3_000})
    assert cut_feeds(config, templates)
    with pytest.raises(TemplateError, match=r"leaves room for JSON, \d\.\d times as long"):
        cut_feeds(config, templates, TEXT)
