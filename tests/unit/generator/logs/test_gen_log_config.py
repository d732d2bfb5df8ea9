"""The configuration of logs: defaults, and mistakes that are named with path and line."""

from typing import Any

import pytest

from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_generator.config.base import Section
from telemetry_generator.config.logs import LogsConfig

TYPES = "types:\n    system: {percentage: 10}\n    mine:\n      percentage: 10\n"
HI = "      patterns: [{text: hi}]\n"


class Root(Section):
    logs: LogsConfig


@pytest.mark.parametrize(
    ("logs", "line", "problem"),
    [
        (f"{TYPES}      patterns:\n      - text: a {{b}}", 7, "0.text: unknown parameter {b}"),
        (f"{TYPES}      patterns:\n      - {{text: hi, severty: INFO}}", 7, "'severity'?"),
        (f"{TYPES}      severities: {{WARN: 1}}\n      patterns: [{{text: hi, severity: INFO}}]", 6,
         "types.mine.severities.WARN: no pattern of mine has this severity"),
        (f"{TYPES}{HI}      written_by: host", 7, "'services', 'stores' or 'hosts'"),
        (f"{TYPES}{HI}      written_by: hosts\n      services: [a]", 8, "leave the services out"),
        (f"{TYPES}{HI}".replace("mine", "Mine"), 4, "a type is named by small letters"),
        ("types:\n    aplication: {percentage: 40}\n    application: {percentage: 0}", 3,
         "types.aplication: has no patterns"),
        ("types:\n    application: {percentage: 39.9}", 2, "must sum to 100, not 99.9"),
        ("types:\n    application: {percentage: 39.95}", 3, "steps of 0.1"),
        ("types:\n    application: {severities: {INFO: 0}}", 3, "sum to 0"),
        ("types:\n    application: {severities: {INFO: 1, WARNING: 1}}", 3, "did you mean 'WARN'?"),
        ("types:\n    system: {severities: {TRACE: 1}}", 3, "no pattern of system"),
        ("parameters:\n    a: 1..20000", 3, "parameters.a: more than 10,000 numbers"),
        ("parameters: {a: missing.txt}", 2, "'missing.txt' is neither"),
        ("body:\n    size: {min: 9, max: 3}", 3, "must be min <= max"),
        ("body: {avg_bytes: 50, size: {min: 3, max: 9}}", 2, "exclude each other"),
        ("spans: {percentage: 101}", 2, "spans.percentage"),
        ("events: {percent: 1}", 2, "did you mean 'percentage'?"),
        ("stack_traces: {place: attributes}", 2, "'attribute' or 'body'"),
        ("count: 0", 2, "logs.count"),
    ],
)  # fmt: skip
def test_a_mistake_names_path_and_line(logs: str, line: int, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Root, parse_yaml(f"logs:\n  {logs}\n", "mine.yaml"))
    assert problem in str(caught.value)
    assert caught.value.place == f"mine.yaml:{line}"


def test_an_unknown_service_is_told_from_those_there_are() -> None:
    logs = LogsConfig.model_validate({"types": {"application": {"services": ["api", "oder"]}}})
    with pytest.raises(ValueError, match="no service is called 'oder'; did you mean 'order'"):
        logs.check_services(["api", "order"])
    logs.check_services(["api", "oder"])


def test_types_that_come_with_patterns_need_nothing_but_a_percentage() -> None:
    shares: dict[str, Any] = {"application": {"percentage": 0}, "database": {"percentage": 40}}
    resolved = LogsConfig.model_validate({"types": shares}).types.resolved()
    assert resolved["database"].written_by == "stores"
    assert resolved["system"].written_by == "hosts"
    assert resolved["application"].severities == {"DEBUG": 10, "INFO": 60, "WARN": 20, "ERROR": 10}
