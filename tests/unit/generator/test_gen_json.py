"""OTLP/JSON: what `--json` writes is the same telemetry, in the encoding of the specification."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import MetricsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from generator_support import GeneratedSet, configuration, generate
from telemetry_common.signals import Signal

MESSAGES: dict[str, type[Message]] = {
    "traces": TracesData,
    "metrics": MetricsData,
    "logs": LogsData,
}
IDS = ("traceId", "spanId", "parentSpanId")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> GeneratedSet:
    return generate(tmp_path_factory.mktemp("json"), configuration(), with_json=True)


def lines(written: GeneratedSet, signal: str) -> list[str]:
    return (written.directory / f"telemetry-{signal}.json").read_text().splitlines()


def with_base64_ids(value: Any) -> Any:
    """Return the document as protobuf's own JSON reader wants it."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64encode(bytes.fromhex(item)).decode() if key in IDS else with_base64_ids(item)
        for key, item in value.items()
    }


@pytest.mark.parametrize("signal", MESSAGES)
def test_the_lines_joined_are_the_template(written: GeneratedSet, signal: str) -> None:
    whole = MESSAGES[signal]()
    for line in lines(written, signal):
        whole.MergeFrom(ParseDict(with_base64_ids(json.loads(line)), MESSAGES[signal]()))
    assert whole == MESSAGES[signal].FromString(written.raw(signal))


def test_ids_are_hexadecimal_times_are_strings_enums_are_numbers(written: GeneratedSet) -> None:
    document = json.loads(lines(written, "traces")[0])
    span = document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert re.fullmatch("[0-9a-f]{32}", span["traceId"])
    assert re.fullmatch("[0-9a-f]{16}", span["spanId"])
    assert re.fullmatch("[0-9]+", span["startTimeUnixNano"])
    assert span["kind"] == 2
    assert span["flags"] == 0x101


def test_a_line_holds_one_resource_and_stays_short_enough_to_read(written: GeneratedSet) -> None:
    found = lines(written, "traces")
    assert len(found) == written.manifest.files[Signal.TRACES].resources
    assert all(len(json.loads(line)["resourceSpans"]) == 1 for line in found)


def test_without_the_option_there_is_no_json(tmp_path: Path) -> None:
    generate(tmp_path, configuration())
    assert not list(tmp_path.glob("*.json"))
