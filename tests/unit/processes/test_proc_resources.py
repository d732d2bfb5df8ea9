"""Resources with identities of their own, for each instance of a run."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from core_support import copy_committed, encoded_sample, examples, sources
from telemetry_common.manifest import find_manifest
from telemetry_common.mapped import MappedFile
from telemetry_common.planning.plan_cache import cache_path
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates
from telemetry_sender.stamping.resources import IDENTIFYING, with_suffix

KINDS: dict[Signal, tuple[type[Message], str]] = {
    Signal.TRACES: (TracesData, "resource_spans"),
    Signal.METRICS: (MetricsData, "resource_metrics"),
    Signal.LOGS: (LogsData, "resource_logs"),
    Signal.PROFILES: (ProfilesData, "resource_profiles"),
}


def mapped(directory: Path, data: bytes) -> MappedFile:
    file = directory / "template.pb"
    file.write_bytes(data)
    with file.open("rb") as opened:
        return MappedFile(opened.fileno())


def rewritten(directory: Path, data: bytes, suffix: str) -> bytes:
    return with_suffix(mapped(directory, data), directory / "template.pb", suffix)[:]


def decoded(signal: Signal, data: bytes) -> Any:
    return KINDS[signal][0].FromString(data)


def renamed(signal: Signal, message: Any, suffix: str) -> Any:
    """Do to a decoded message what the rewriting should have done to its bytes."""
    for group in getattr(message, KINDS[signal][1]):
        for attribute in group.resource.attributes:
            if (
                attribute.key in IDENTIFYING
                and attribute.value.WhichOneof("value") == "string_value"
            ):
                attribute.value.string_value += suffix
    return message


def instance(**values: str) -> list[KeyValue]:
    found = [KeyValue(key=name.replace("__", ".")) for name in values]
    for attribute, value in zip(found, values.values(), strict=True):
        attribute.value.string_value = value
    return found


@pytest.mark.parametrize("signal", list(Signal))
def test_only_identities_change(tmp_path: Path, signal: Signal) -> None:
    """Attributes of spans and other names of a resource stay, whatever is called like them."""
    message: Any = KINDS[signal][0]()
    for number in range(100):
        group = getattr(message, KINDS[signal][1]).add()
        group.resource.attributes.extend(
            instance(service__name="shop", host__name=f"node-{number}" * (number % 30 + 1),
                     service__instance__id="a" * (125 + number % 4), host__type="host.name")
        )  # fmt: skip
    found = decoded(signal, rewritten(tmp_path, message.SerializeToString(), "-7"))
    assert found == renamed(signal, message, "-7")
    first = {each.key: each.value.string_value
             for each in getattr(found, KINDS[signal][1])[0].resource.attributes}  # fmt: skip
    assert first["host.name"] == "node-0-7"
    assert (first["service.name"], first["host.type"]) == ("shop", "host.name")


@examples(60)
@given(rng=sources, suffix=st.text("-0123456789", min_size=1, max_size=200))
def test_any_template_stays_the_same_but_for_its_identities(
    tmp_path_factory: pytest.TempPathFactory, rng: Random, suffix: str
) -> None:
    """Unusual encodings included: repeated fields, long varints, unknown fields."""
    signal = rng.choice(list(KINDS))
    message: Any = KINDS[signal][0]()
    group = getattr(message, KINDS[signal][1]).add()
    group.resource.attributes.extend(instance(host__name="n", k8s__pod__uid="u"))
    data = encoded_sample(rng, signal) + bytes(message.SerializeToString())
    directory = tmp_path_factory.mktemp("set")
    found = decoded(signal, rewritten(directory, data, suffix))
    assert found == renamed(signal, decoded(signal, data), suffix)


def test_the_plan_of_the_rewritten_set_takes_no_cache_and_leaves_none(tmp_path: Path) -> None:
    files = copy_committed(tmp_path)
    whole = open_templates(files)
    caches = {signal: cache_path(file).read_bytes() for signal, file in files.items()}
    opened = open_templates(files, rewrite=lambda _, data, path: with_suffix(data, path, "-12"))
    assert not any(template.was_cached for template in opened.values())
    for signal, template in opened.items():
        assert template.plan.events == whole[signal].plan.events
        assert template.plan.size == len(template.data) > whole[signal].plan.size
        assert cache_path(files[signal]).read_bytes() == caches[signal]
        expected = renamed(signal, decoded(signal, files[signal].read_bytes()), "-12")
        assert decoded(signal, template.data[:]) == expected
    assert find_manifest(tmp_path).exists()
