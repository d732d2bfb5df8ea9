"""docker-compose.yml and the Dockerfile: nothing here can run them, so everything else is checked.

The Compose file is checked against the specification by its reference implementation, where Go can
fetch that; commands are parsed by the real command line, and files are looked up.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from project_files import COMMANDS, ROOT
from telemetry_common.config import load_config
from telemetry_generator.config.model import GeneratorConfig
from telemetry_sender.config.model import SenderConfig

COMPOSE_GO = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"

_COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
_SERVICES: dict[str, Any] = _COMPOSE["services"]
_OURS = {name: service for name, service in _SERVICES.items() if "build" in service}
_COLLECTOR: dict[str, Any] = yaml.safe_load((ROOT / "configs" / "collector.yaml").read_text())
_DOCKERFILE = (ROOT / "Dockerfile").read_text()


def _parameters(command: list[str]) -> dict[str, Any]:
    """Return what click makes of a command line, of the subcommand if there is one."""
    name, *arguments = command
    found = COMMANDS[name]
    if isinstance(found, click.Group) and not arguments[0].startswith("-"):
        child = found.get_command(click.Context(found), arguments.pop(0))
        assert child is not None
        found = child
    return dict(found.make_context(name, arguments).params)


def _host_path(container_path: str | Path) -> Path:
    return ROOT / str(container_path).removeprefix("/")


@pytest.mark.timeout(300)
def test_the_file_follows_the_compose_specification() -> None:
    if shutil.which("go") is None:
        pytest.skip("needs Go, to run the reference implementation of Compose files")
    fetched = subprocess.run(["go", "run", COMPOSE_GO, "-h"], check=False, capture_output=True)
    if b"Usage" not in fetched.stderr:
        pytest.skip("compose-go cannot be fetched or built here")
    command = ["go", "run", COMPOSE_GO, str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", _OURS)
def test_the_command_line_takes_the_command_of_a_service(name: str) -> None:
    assert _parameters(_OURS[name]["command"])


def test_generator_and_sender_mean_the_same_files() -> None:
    generator = load_config(
        GeneratorConfig, _host_path(_parameters(_OURS["generator"]["command"])["file"])
    )
    sender = load_config(
        SenderConfig, _host_path(_parameters(_OURS["sender"]["command"])["config_file"])
    )
    output = generator.output
    written = {f"{output.directory}/{output.prefix}-{signal}.pb" for signal in sender.input.files}
    assert {str(path) for path in sender.input.files.values()} == written


def test_sender_collector_and_receiver_are_chained() -> None:
    sender = load_config(SenderConfig, ROOT / "configs" / "compose-sender.yaml")
    takes = _COLLECTOR["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"]
    gives = _COLLECTOR["exporters"]["otlp"]["endpoint"]
    listens = _parameters(_OURS["receiver"]["command"])["grpc"]
    assert sender.otlp.endpoint == f"collector:{takes.rpartition(':')[2]}"
    assert gives == f"receiver:{listens.rpartition(':')[2]}"


def test_sender_and_receiver_agree_on_the_seed_and_their_reports_are_compared() -> None:
    sender = _parameters(_OURS["sender"]["command"])
    receiver = _parameters(_OURS["receiver"]["command"])
    compared = _parameters(_OURS["reconcile"]["command"])
    assert sender["run_seed"] == receiver["run_seed"]
    assert (*compared["senders"], compared["receiver"]) == (sender["report"], receiver["report"])


def test_no_port_leaves_the_network_of_the_file() -> None:
    assert not [name for name, service in _SERVICES.items() if "ports" in service]


def test_services_wait_for_what_they_need() -> None:
    needs = {name: set(service.get("depends_on", ())) for name, service in _SERVICES.items()}
    assert needs["receiver"] == {"generator"}
    assert needs["collector"] == {"receiver"}
    assert needs["sender"] == {"generator", "collector"}
    assert "healthcheck" in _SERVICES["receiver"]


def test_mounted_files_exist_and_volumes_are_declared() -> None:
    for service in _SERVICES.values():
        for source in (volume.split(":")[0] for volume in service["volumes"]):
            assert source in _COMPOSE["volumes"] or (ROOT / source).exists(), source


def test_images_are_pinned() -> None:
    images = re.findall(r"^FROM (\S+)", _DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in _SERVICES.values()]
    assert all(re.search(r":\d", image) for image in images)


def test_the_dockerfile_copies_what_the_build_context_has() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", _DOCKERFILE, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists(), name
            assert f"!{name}" in ignored, name


def test_the_container_does_not_run_as_root() -> None:
    user = re.search(r"^USER (\S+)$", _DOCKERFILE, re.MULTILINE)
    assert user is not None
    assert f"useradd --uid 10001 --create-home {user[1]}" in _DOCKERFILE
