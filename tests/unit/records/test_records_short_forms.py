"""Small integers are written shorter and faster, and no differently."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, MetricsData

from core_support import START, blocks_of, stampers_of
from line_protocol import read_line
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.records.encoder import RecordEncoder
from telemetry_sender.records.forms import PAD
from telemetry_sender.records.influx.dialect import influx_dialect
from telemetry_sender.records.short_forms import SHORT_UNSIGNED, unsigned_form
from telemetry_sender.records.text_forms import UNSIGNED
from template_files import template_of


@given(st.lists(st.integers(0, 10**8 - 1) | st.integers(0, 10**16 - 1), min_size=1))
def test_integers_that_fit_are_written_as_python_writes_them(values: list[int]) -> None:
    cells = SHORT_UNSIGNED.cells(np.array(values, np.uint64))
    assert cells is not None
    assert [row.tobytes().rstrip(PAD) for row in cells] == [b"%d" % value for value in values]


@pytest.mark.parametrize("edge", [0, 9, 10, 9_999, 10_000, 10**7, 10**8 - 1, 10**8, 10**16 - 1])
def test_every_number_of_digits_has_its_text(edge: int) -> None:
    cells = SHORT_UNSIGNED.cells(np.array([edge, 0], np.uint64))
    assert cells is not None
    assert [row.tobytes().rstrip(PAD) for row in cells] == [b"%d" % edge, b"0"]


@given(st.integers(10**16, 2**64 - 1))
def test_integers_that_do_not_fit_are_told(value: int) -> None:
    assert SHORT_UNSIGNED.cells(np.array([1, value], np.uint64)) is None


def test_only_small_values_of_a_template_have_short_fields() -> None:
    assert unsigned_form(0) is unsigned_form(999_999) is SHORT_UNSIGNED
    assert unsigned_form(1_000_000) is UNSIGNED


@pytest.mark.parametrize("pass_number", [0, 99, 10**10, 10**12])
def test_a_count_that_outgrows_its_field_is_still_written(pass_number: int, tmp_path: Path) -> None:
    data = MetricsData()
    metric = data.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    cumulative = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
    metric.histogram.aggregation_temporality = cumulative
    metric.histogram.data_points.add(count=999_999, bucket_counts=[999_999], time_unix_nano=1)
    templates = template_of(tmp_path, {Signal.METRICS: data.SerializeToString()})
    template = templates[Signal.METRICS]
    (block,) = blocks_of(template.plan, Limits(10, 1 << 22))
    stamped = stampers_of(templates)[Signal.METRICS].stamp(block, pass_number, START)
    encoder = RecordEncoder(template, influx_dialect(template, None, 1, has_resource_fields=False))
    (records,) = encoder.encode(block, pass_number, stamped)
    count = 999_999 * (pass_number + 1)
    assert read_line(records.data).fields == {"count": count, "bucket_+Inf": count}
