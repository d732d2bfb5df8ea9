"""Events that hold arbitrary texts wherever line protocol has a rule of its own for them."""

from collections.abc import Iterable

from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData

MetricTexts = tuple[str, str, str, str, str]
"""Name; key and value of an attribute, then of one of the resource."""
LogTexts = tuple[str, str, str, str]
"""Key and value of an attribute, body, name."""

texts = st.text(st.characters(codec="utf-8"), max_size=12) | st.text(',= "\\#\n\r\t\0é', max_size=8)
metric_texts = st.lists(st.tuples(texts, texts, texts, texts, texts), min_size=1, max_size=20)
log_texts = st.lists(st.tuples(texts, texts, texts, texts), min_size=1, max_size=20)


def metrics_with(told: Iterable[MetricTexts]) -> bytes:
    """Return one gauge for each of the texts."""
    data = MetricsData()
    for name, key, value, *of_resource in told:
        group = data.resource_metrics.add()
        group.resource.attributes.append(attribute(*of_resource))
        points = group.scope_metrics.add().metrics.add(name=name).gauge.data_points
        points.add(as_double=1.5, time_unix_nano=1).attributes.append(attribute(key, value))
    return bytes(data.SerializeToString())


def logs_with(told: Iterable[LogTexts]) -> bytes:
    """Return one log record for each of the texts."""
    data = LogsData()
    logs = data.resource_logs.add().scope_logs.add().log_records
    for key, value, body, name in told:
        log = logs.add(time_unix_nano=1, severity_text=name, event_name=name)
        log.body.string_value = body
        log.attributes.append(attribute(key, value))
    return bytes(data.SerializeToString())


def attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))
