"""The documented example of an extension: a transformer and a sink of another package."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from integration.processes import sender_command
from project_files import ROOT

_EXAMPLE = ROOT / "docs" / "sender-extension"
_PAGE = ROOT / "docs" / "extending-sender.md"
_SHOWN = re.compile(r"^\[`([^`]+)`\]\(([^)]+)\):\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONFIGURATION = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Install the example as an installer would."""
    site = tmp_path / "site"
    shutil.copytree(_EXAMPLE / "acme_delivery", site / "acme_delivery")
    project = tomllib.loads((_EXAMPLE / "pyproject.toml").read_text())["project"]
    about = site / "acme_delivery-1.0.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-delivery\nVersion: 1.0.0\n")
    groups = [
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in entries.items())])
        for group, entries in project["entry-points"].items()
    ]
    (about / "entry_points.txt").write_text("\n".join(groups))
    return site


def _sent(
    site: Path, folder: Path, settings: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Send with the page's configuration into a spool in `folder`."""
    found = _CONFIGURATION.search(_PAGE.read_text())
    assert found
    text = found[1].replace("/tmp/acme-spool", str(folder / "spool"))
    file = folder / "acme.yaml"
    file.write_text(text.replace("templates/", f"{ROOT / 'templates'}/"))
    options = [part for setting in settings for part in ("--set", setting)]
    return subprocess.run(
        sender_command("--config", file, *options),
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _tenants(folder: Path) -> list[str]:
    """Return the tenants of all resources in the spool."""
    files = sorted((folder / "spool").iterdir())
    traces = [TracesData.FromString(each.read_bytes()) for each in files if "traces" in each.name]
    logs = [LogsData.FromString(each.read_bytes()) for each in files if "logs" in each.name]
    resources = [each.resource for data in traces for each in data.resource_spans]
    resources += [each.resource for data in logs for each in data.resource_logs]
    return [
        attribute.value.string_value
        for resource in resources
        for attribute in resource.attributes
        if attribute.key == "acme.tenant"
    ]


@pytest.mark.parametrize("when", ["load", "send"])
def test_every_resource_in_the_spool_says_its_tenant(site: Path, tmp_path: Path, when: str) -> None:
    entry = f"[{{name: acme_tenant, when: {when}, options: {{name: south}}}}]"
    ended = _sent(site, tmp_path, [f"transformers={entry}"])
    assert ended.returncode == 0, ended.stderr
    tenants = _tenants(tmp_path)
    assert set(tenants) == {"south"}
    assert len(tenants) >= 2 * len(
        TracesData.FromString((ROOT / "templates" / "small-traces.pb").read_bytes()).resource_spans
    )


def test_a_sink_with_a_form_of_its_own_writes_a_line_for_each_event(
    site: Path, tmp_path: Path
) -> None:
    sinks = f"sinks=[{{name: acme_lines, options: {{directory: {tmp_path / 'lines'}}}}}]"
    ended = _sent(site, tmp_path, [sinks, "transformers=[]"])
    assert ended.returncode == 0, ended.stderr
    lines = (tmp_path / "lines" / "telemetry_traces_0001.acme").read_text().splitlines()
    traces = TracesData.FromString((ROOT / "templates" / "small-traces.pb").read_bytes())
    spans = [
        span
        for resource in traces.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert len(lines) == 2 * len(spans)
    assert all(re.fullmatch(r'\d{4}-\d\d-\d\dT[\d:.]{15}Z "[a-z-]+"', line) for line in lines)


def test_a_stream_is_transformed_too(site: Path, tmp_path: Path) -> None:
    ended = _sent(site, tmp_path, ["input.load=streamed"])
    assert ended.returncode == 0, ended.stderr
    assert set(_tenants(tmp_path)) == {"north"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            ["transformers=[{name: acme_tenan}]"],
            "transformers[0].name: no transformer is called 'acme_tenan'; installed: acme_tenant",
        ),
        (
            ["transformers=[{name: acme_tenant}]"],
            "transformers[0].options: the option `name` says which tenant",
        ),
        (["transformers=[{name: acme_tenant, at: load}]"], "transformers.0.at"),
        (["sinks=acme_spool"], "sinks[0].options.directory: missing"),
        (
            [
                "sinks=otlp",
                "otlp.endpoint=127.0.0.1:1",
                "otlp.protocol=http/json",
                "transformers=[{name: acme_tenant, when: send, options: {name: a}}]",
            ],
            "requests of OTLP/JSON are text",
        ),
    ],
)
def test_mistakes_in_the_configuration_are_named_before_anything_is_sent(
    site: Path, tmp_path: Path, settings: Sequence[str], message: str
) -> None:
    ended = _sent(site, tmp_path, settings)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert not (tmp_path / "spool").exists()


@pytest.mark.parametrize("when", ["load", "send"])
def test_a_transformer_that_fails_ends_the_command_and_is_named(
    site: Path, tmp_path: Path, when: str
) -> None:
    (site / "acme_delivery" / "tenant.py").write_text(
        "class Broken:\n"
        "    def transform(self, signal, data):\n"
        "        raise KeyError('tenant')\n"
        "def make_transformer(setting):\n"
        "    return Broken()\n"
    )
    ended = _sent(site, tmp_path, [f"transformers=[{{name: acme_tenant, when: {when}}}]"])
    assert ended.returncode == 1
    assert "error: transformer Broken: KeyError: 'tenant'; correct the transformer" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_page_shows_the_files_as_they_are() -> None:
    shown = {link: text for _, link, text in _SHOWN.findall(_PAGE.read_text())}
    assert len(shown) == 4
    for link, text in shown.items():
        assert (ROOT / "docs" / link).read_text() == text, link
