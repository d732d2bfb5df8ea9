"""The page about topologies: its examples are valid, its errors real, and no key is missing."""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from project_files import ROOT
from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_generator.config.calls import CallConfig
from telemetry_generator.config.explicit_services import ExplicitServiceConfig
from telemetry_generator.config.infrastructure import CloudConfig, InfrastructureConfig
from telemetry_generator.config.latency import LatencyConfig
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.config.operations import FaultConfig, OperationConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.topology import TopologyConfig
from telemetry_generator.world.build import build_topology
from telemetry_generator.world.model import ServiceKind
from telemetry_generator.world.names import kind_of
from telemetry_generator.world.systems import all_systems

_PAGE = (ROOT / "docs" / "topology.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"```yaml\n(.+?)```", _PAGE, re.DOTALL)
_MODELS: tuple[type[BaseModel], ...] = (
    TopologyConfig, ExplicitServiceConfig, OperationConfig, FaultConfig, LatencyConfig, CallConfig,
    ServicesConfig, InfrastructureConfig, CloudConfig,
)  # fmt: skip


def keys() -> Iterator[str]:
    for model in _MODELS:
        yield from model.model_fields


def configuration(text: str) -> GeneratorConfig:
    some_signal = "" if re.search("^(traces|metrics):", text, re.MULTILINE) else "metrics: {}\n"
    return validate(GeneratorConfig, parse_yaml(text + some_signal, "mine.yaml"))


@pytest.mark.parametrize("example", _EXAMPLES, ids=range(len(_EXAMPLES)))
def test_an_example_makes_a_system(example: str) -> None:
    config = configuration(example)
    made = build_topology(config.services, config.topology, config.infrastructure, 0)
    assert made.services
    assert made.is_explicit is (config.topology is not None)


@pytest.mark.parametrize("key", sorted(set(keys())))
def test_every_key_is_explained(key: str) -> None:
    assert re.search(rf"\b{key}\b", _PAGE)


def test_names_tell_what_the_page_says() -> None:
    rows = re.findall(r"^\| (.+) \| (consumer|queue|cache|database|grpc) \|$", _PAGE, re.MULTILINE)
    assert len(rows) == 5
    for names, kind in rows:
        for name in re.findall(r"`(\w+)`", names):
            assert kind_of(name) is ServiceKind(kind), name


def test_every_system_is_listed() -> None:
    assert all(f"`{system.name}`" in _PAGE for system in all_systems())


_WITH_TYPO = """\
topology:
  services:
    web:
      calls: [crat]
    cart: {kind: grpc}
"""
_WITH_CIRCLE = """\
topology:
  services:
    web: {operations: {GET /: {}}, calls: [cart]}
    cart:
      calls: [web]
      kind: grpc
      operations: {get: {}}
"""


@pytest.mark.parametrize("number", [0, 1])
def test_errors_read_as_documented(number: int) -> None:
    shown = re.findall(r"^error: (.+)$", _PAGE, re.MULTILINE)
    with pytest.raises(ConfigError) as caught:
        configuration((_WITH_TYPO, _WITH_CIRCLE)[number])
    assert str(caught.value) == shown[number]
