"""A set with everything switched on says nothing that only looks like a convention.

Every attribute key and metric name exists in the registry of the semantic conventions and is not
deprecated, or is that of a known receiver of the Collector, or is plainly an application's own.
"""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesDictionary

from otlp_samples import ROOTS
from semantic_attributes import attribute_names
from semantic_metrics import convention_metrics
from telemetry_common.signals import Signal
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.sources import make_sources

_METRICS = Path(__file__).parent / "metrics_catalogue"
_OWN = ("app.", "shop.", "custom.")
_EVERYTHING = {
    "seed": 3,
    "traces": {
        "count": 300,
        "services": {"count": 12},
        "root": {"rootless": {"enabled": True}, "late_root": {"enabled": True}},
        "errors": {"rate": 20},
        "sampling": {"percentage": 50},
        "links": {},
        "events": {},
        "custom_attributes": {},
        "fat_spans": {"percentage": 10},
        "cardinality": [{"key": "app.customer.id", "values": 50}],
    },
    "metrics": {
        "metric_count": 450,
        "timeseries_per_metric": {"min": 5, "default": 10, "max": 20},
    },
    "logs": {
        "count": 5_000,
        "types": {
            "http_access": {"percentage": 30},
            "application": {"percentage": 30},
            "system": {"percentage": 20},
            "database": {"percentage": 10},
            "audit": {"percentage": 10},
        },
        "events": {"percentage": 20},
        "stack_traces": {"percentage": 50},
    },
    "profiles": {
        "count": 60,
        "types": ["cpu", "wall", "off_cpu", "lock", "allocated_space", "allocated_objects"],
    },
}
# Prometheus client libraries: client_golang's Go collector, client_java's JVM metrics, and what a
# duration is usually called of which a service computes quantiles; with the labels they have there.
_PROMETHEUS: dict[str, set[str]] = {
    "go_gc_duration_seconds": set(),
    "jvm_gc_collection_seconds": {"gc"},
    "http_request_duration_seconds": {"code", "handler"},
}
# The project's own key, which names the configured type of a record.
_LOG_TYPE = "log.type"


@cache
def _messages() -> dict[Signal, Message]:
    config = GeneratorConfig.model_validate(_EVERYTHING)
    return {
        source.signal: ROOTS[source.signal].FromString(
            b"".join(source.chunk(number).data for number in range(source.chunks))
        )
        for source in make_sources(config)
    }


def _walk(message: Message) -> Iterator[Message]:
    """Yield a message and all below it, except the parts of attribute values."""
    yield message
    if isinstance(message, KeyValue):
        return
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in value if isinstance(value, list) or hasattr(value, "append") else [value]:
                yield from _walk(each)


def _keys(message: Message) -> set[str]:
    found: set[str] = set()
    for each in _walk(message):
        if isinstance(each, KeyValue):
            found.add(each.key)
        elif isinstance(each, ProfilesDictionary):
            found |= {each.string_table[one.key_strindex] for one in each.attribute_table[1:]}
    return found


@cache
def _receivers(file: str) -> list[dict[str, str]]:
    lines = (_METRICS / f"{file}_metrics.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if line[0] != "#"), delimiter="\t"))


def _receiver_keys() -> set[str]:
    """Attributes of data points, as the receivers' own metadata lists them."""
    rows = [*_receivers("collector"), *_receivers("language")]
    listed = {key for row in rows for key in row["attributes"].split(",") if key}
    return listed.union(*_PROMETHEUS.values())


def test_every_signal_is_looked_at() -> None:
    assert set(_messages()) == set(Signal)


@pytest.mark.parametrize("signal", list(Signal), ids=str)
def test_attribute_keys_are_conventions_or_plainly_own(signal: Signal) -> None:
    keys = {key for key in _keys(_messages()[signal]) if not key.startswith(_OWN)}
    known = attribute_names() | _receiver_keys() | {_LOG_TYPE}
    assert sorted(keys - known) == []
    assert len(keys & attribute_names()) > 10


def test_metric_names_are_conventions_or_those_of_receivers() -> None:
    names = {each.name for each in _walk(_messages()[Signal.METRICS]) if isinstance(each, Metric)}
    assert len(names) > 400
    listed = {row["name"] for file in ("collector", "language") for row in _receivers(file)}
    known = listed | set(convention_metrics()) | set(_PROMETHEUS)
    assert sorted(name for name in names - known if not name.startswith(_OWN)) == []
