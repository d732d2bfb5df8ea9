"""Every configuration in configs/ is one that its program takes."""

import subprocess
from pathlib import Path

import pytest

from integration.processes import find_otelcol
from project_files import ROOT
from telemetry_common.config import ConfigModel, load_config
from telemetry_generator.config.model import GeneratorConfig
from telemetry_sender.config.model import SenderConfig

CONFIGS = ROOT / "configs"
_COLLECTOR = sorted(CONFIGS.glob("collector*.yaml"))
_OURS = sorted(set(CONFIGS.glob("*.yaml")) - set(_COLLECTOR))


def _model(file: Path) -> type[ConfigModel]:
    models: dict[str, type[ConfigModel]] = {"generator": GeneratorConfig, "sender": SenderConfig}
    return models[file.stem.removeprefix("compose-").partition("-")[0]]


@pytest.mark.parametrize("file", _OURS, ids=lambda file: file.name)
def test_an_example_loads(file: Path) -> None:
    load_config(_model(file), file)


@pytest.mark.parametrize("file", _OURS, ids=lambda file: file.name)
def test_an_example_says_what_it_is_for(file: Path) -> None:
    assert file.read_text().startswith("# ")


@pytest.mark.collector
@pytest.mark.parametrize("file", _COLLECTOR, ids=lambda file: file.name)
def test_the_collector_accepts_its_configuration(file: Path) -> None:
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    subprocess.run([binary, "validate", "--config", file], check=True, capture_output=True)
