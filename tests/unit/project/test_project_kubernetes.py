"""The Kubernetes example: valid against the published schemas, and consistent in itself."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from project_files import ROOT
from telemetry_common.config import load_config
from telemetry_generator.config.model import GeneratorConfig
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.processes import INDEX_VARIABLE, shard_part

FOLDER = ROOT / "configs" / "kubernetes"
VERSIONS = ("1.29", "1.35")


def content(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


def pod() -> Any:
    return content("job.yaml")["spec"]["template"]["spec"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", content("kustomization.yaml")["resources"])
def test_a_manifest_fits_the_schema(name: str, version: str) -> None:
    """Strictly: a key that Kubernetes does not know is an error, too."""
    kubernetes_validate.validate(content(name), version, strict=True)


def test_a_wrong_manifest_would_be_noticed() -> None:
    job = content("job.yaml")
    job["spec"]["completion"] = job["spec"].pop("completions")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, VERSIONS[-1], strict=True)


def test_there_are_as_many_pods_as_shards() -> None:
    job = content("job.yaml")["spec"]
    config = load_config(SenderConfig, FOLDER / "sender.yaml", ())
    assert job["completionMode"] == "Indexed"
    assert job["completions"] == job["parallelism"]
    parts = [
        shard_part(config.sending.shard, {INDEX_VARIABLE: str(index)})
        for index in range(job["completions"])
    ]
    assert [(each.number, each.count) for each in parts] == [(index, 4) for index in range(4)]


def test_no_pod_sends_twice() -> None:
    assert content("job.yaml")["spec"]["backoffLimit"] == 0
    assert pod()["restartPolicy"] == "Never"


def test_a_pod_may_end_in_good_order() -> None:
    config = load_config(SenderConfig, FOLDER / "sender.yaml", ())
    assert pod()["terminationGracePeriodSeconds"] > config.sending.grace_period


def test_the_sender_reads_what_the_generator_writes() -> None:
    generator = load_config(GeneratorConfig, FOLDER / "generator.yaml", ())
    sender = load_config(SenderConfig, FOLDER / "sender.yaml", ())
    folder, prefix = generator.output.directory, generator.output.prefix
    for signal, path in sender.input.files.items():
        assert path == Path(folder) / f"{prefix}-{signal}.pb"


def test_names_fit_together() -> None:
    """Volumes, claims, the ConfigMap and its files, and the image that is replaced."""
    kustomization = content("kustomization.yaml")
    (config,) = kustomization["configMapGenerator"]
    volumes = {volume["name"]: volume for volume in pod()["volumes"]}
    assert volumes["config"]["configMap"]["name"] == config["name"]
    claim = volumes["reports"]["persistentVolumeClaim"]["claimName"]
    assert claim == content("reports.yaml")["metadata"]["name"]
    assert all((FOLDER / file).is_file() for file in config["files"] + kustomization["resources"])
    images = {image["name"] for image in kustomization["images"]}
    for container in pod()["initContainers"] + pod()["containers"]:
        assert container["image"] in images
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes.keys()


def test_the_run_has_a_seed() -> None:
    """Without it a shard refuses to run, since every pod would draw another."""
    (sender,) = pod()["containers"]
    (line,) = sender["args"]
    assert "--run-seed 1" in line
    assert f"shard-${INDEX_VARIABLE}.json" in line
