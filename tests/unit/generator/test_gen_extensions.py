"""Extensions of other packages: the documented example in full, and what can be wrong with one."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from generator_support import GeneratedSet, attributes, template_files
from no_progress import NoProgress
from project_files import ROOT, project_files
from telemetry_common.manifest import load_manifest
from telemetry_common.signals import Signal
from telemetry_generator import cli
from telemetry_generator.validation import validate_set

_EXAMPLE = ROOT / "docs" / "extension"
_PAGE = ROOT / "docs" / "extending.md"
_SHOWN = re.compile(r"^\[`([^`]+)`\]\(([^)]+)\):\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONFIGURATION = """\
extensions: [{extensions}]
output: {{prefix: acme}}
traces: {{count: 1500}}
metrics: {{metric_count: 5}}
logs: {{count: 1000}}
"""


def _register(site: Path, package: str, extensions: Mapping[str, str]) -> None:
    """Write what an installer writes about a package, so that its entry points are found."""
    about = site / f"{package.replace('-', '_')}-1.0.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n")
    entries = [f"{name} = {value}" for name, value in extensions.items()]
    (about / "entry_points.txt").write_text("\n".join(["[stampede.generator]", *entries]))


def _install_example(site: Path) -> None:
    project = tomllib.loads((_EXAMPLE / "pyproject.toml").read_text())["project"]
    shutil.copytree(_EXAMPLE / "acme_telemetry", site / "acme_telemetry")
    _register(site, project["name"], project["entry-points"]["stampede.generator"])


def _generate(folder: Path, site: Path, processes: int) -> GeneratedSet:
    directory = folder / str(processes)
    file = folder / "acme.yaml"
    file.write_text(_CONFIGURATION.format(extensions="acme"))
    arguments = ["--config", str(file), "--output-dir", str(directory)]
    subprocess.run(
        [sys.executable, "-m", "telemetry_generator.cli", *arguments, f"--processes={processes}"],
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        check=True,
    )
    return GeneratedSet(directory, load_manifest(directory / "acme-metadata.yaml"))


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> list[GeneratedSet]:
    """The example's set, made by one process and by two."""
    folder = tmp_path_factory.mktemp("acme")
    _install_example(folder / "site")
    return [_generate(folder, folder / "site", processes) for processes in (1, 2)]


@pytest.fixture(scope="module")
def acme(sets: list[GeneratedSet]) -> GeneratedSet:
    return sets[0]


def test_worker_processes_find_the_extension_and_make_the_same_bytes(
    sets: list[GeneratedSet],
) -> None:
    one, two = (template_files(made.directory) for made in sets)
    assert len(one) == 5
    assert one == two


def test_a_set_with_an_extension_is_sound(acme: GeneratedSet) -> None:
    findings = validate_set(acme.directory, NoProgress())
    assert findings.sound, findings.shown
    assert sum(file.events for file in findings.files) > 20_000


def test_the_metric_of_the_extension_is_reported(acme: GeneratedSet) -> None:
    found = [one.metric for one in acme.metrics if one.metric.name == "acme.delivery.duration"]
    points = [point for metric in found for point in metric.histogram.data_points]
    vehicles = {attributes(point.attributes)["app.delivery.vehicle"] for point in points}
    assert {metric.unit for metric in found} == {"s"}
    assert vehicles == {"bicycle", "scooter", "van"}
    assert set(points[0].explicit_bounds) == {300, 600, 900, 1200, 1800, 2700, 3600}


def test_services_write_the_log_message_of_the_extension(acme: GeneratedSet) -> None:
    found = [log for log in acme.logs if log.record.event_name == "app.delivery.started"]
    assert found
    for log in found:
        body = re.fullmatch(
            r"courier (\d{3}) left by (bicycle|scooter|van)", log.record.body.string_value
        )
        assert body is not None
        assert log.attributes["app.vehicle"] == body[2]
        assert log.attributes["log.type"] == "application"


def test_every_server_span_has_the_attributes_of_the_extension(acme: GeneratedSet) -> None:
    stores = set()
    for placed in acme.spans:
        given = attributes(placed.span.attributes)
        if placed.span.kind == Span.SPAN_KIND_SERVER:
            number, region = given["app.store.number"], given["app.store.region"]
            assert region == ("north", "east", "south", "west")[number % 4]
            stores.add(number)
        else:
            assert "app.store.number" not in given
    assert stores == set(range(40))


def test_the_extension_makes_a_signal_of_its_own(acme: GeneratedSet) -> None:
    data = ProfilesData.FromString(acme.raw("profiles"))
    profiles = [one.scope_profiles[0].profiles[0] for one in data.resource_profiles]
    names = data.dictionary.string_table
    assert {names[profile.sample_type.type_strindex] for profile in profiles} == {"energy"}
    samples = sum(len(profile.samples) for profile in profiles)
    assert acme.manifest.files[Signal.PROFILES].events == samples > 0
    services = {
        attributes(one.resource.attributes)["service.name"] for one in data.resource_profiles
    }
    assert services == {placed.service for placed in acme.spans}


def test_the_manifest_names_the_extension_but_no_file_of_this_machine(acme: GeneratedSet) -> None:
    assert acme.manifest.configuration["extensions"] == ["acme"]
    assert acme.manifest.configuration["metrics"]["catalogues"] == []
    assert acme.manifest.configuration["logs"]["patterns"] == []


def test_the_page_shows_every_file_of_the_example_as_it_is() -> None:
    shown = {target: text for _, target, text in _SHOWN.findall(_PAGE.read_text())}
    files = {
        str(file.relative_to(_PAGE.parent)): file.read_text()
        for file in project_files("docs/extension")
        if file.stat().st_size
    }
    assert shown == files


_FOREIGN = ("claims", "metrics", "logs", "traces", "no_extension", "no_such_name")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on sys.path with the example and others; it is the current one, too."""
    folder = tmp_path / "site"
    folder.mkdir()
    _install_example(folder)
    foreign = {name: f"foreign_extensions:{name.upper()}" for name in _FOREIGN}
    _register(folder, "foreign", {**foreign, "gone": "no_such_module:EXTENSION"})
    for package in ("one", "two"):
        _register(folder, package, {"both": "foreign_extensions:CLAIMS"})
    (folder / "metrics.yaml").write_text(
        "metrics:\n- {name: mine}\n- {name: http.server.request.duration}\n"
    )
    (folder / "patterns.yaml").write_text("patterns:\n- type: application\n  text: a {tpyo}\n")
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    return folder


def _refusal(extensions: str, capsys: pytest.CaptureFixture[str], *changes: str) -> str:
    """Return the one line that a configuration with these extensions is refused with."""
    Path("acme.yaml").write_text(_CONFIGURATION.format(extensions=extensions))
    options = [option for change in changes for option in ("--set", change)]
    assert cli.exit_code(["--config", "acme.yaml", "--output-dir", "out", *options]) == 2
    assert not list(Path("out").glob("*")), "something was written"
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err.strip()


_CORRECT = "install or uninstall a package, or correct the name"
_REPAIR = "repair or reinstall its package"
_LEAVE_OUT = "leave one of the two out"


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("extensions", "problem", "fix"),
    [
        ("acme, acme", "acme.yaml:1: extensions.1: 'acme' is given twice", "remove one of the two"),
        (
            "acme, acmee",
            "acme.yaml:1: extensions.1: no extension is called 'acmee'; installed: "
            + ", ".join(sorted(["acme", "both", "gone", *_FOREIGN])),
            _CORRECT,
        ),
        (
            "both",
            "acme.yaml:1: extensions.0: several packages have an extension 'both': one and two",
            _CORRECT,
        ),
        (
            "gone",
            (
                "extension gone: cannot load no_such_module:EXTENSION: "
                "ModuleNotFoundError: No module named 'no_such_module'"
            ),
            _REPAIR,
        ),
        (
            "no_such_name",
            (
                "extension no_such_name: cannot load foreign_extensions:NO_SUCH_NAME: "
                "AttributeError: module 'foreign_extensions' has no attribute 'NO_SUCH_NAME'"
            ),
            _REPAIR,
        ),
        (
            "no_extension",
            "extension no_extension: foreign_extensions:NO_EXTENSION is no Extension but dict",
            _REPAIR,
        ),
        ("traces", "extension traces: makes traces, as does the traces section", _LEAVE_OUT),
        (
            "acme, claims",
            "extension claims: gives spans the attribute app.store.number, as does extension acme",
            _LEAVE_OUT,
        ),
        (
            "metrics",
            (
                "metrics.yaml:3: metrics.1.name: there is already a metric "
                "'http.server.request.duration'"
            ),
            "choose another name",
        ),
        (
            "logs",
            (
                "patterns.yaml:3: patterns.0.text: unknown parameter {tpyo}; "
                "define it under logs.parameters"
            ),
            "correct the value",
        ),
    ],
)
def test_what_is_wrong_with_an_extension_is_one_line_and_nothing_is_written(
    extensions: str, problem: str, fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _refusal(extensions, capsys) == f"error: {problem}; {fix}"


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("traces.cardinality", "[{key: app.store.number, values: 10}]"),
        ("traces.custom_attributes", "{percentage: 5}"),
        ("traces.fat_spans", "{percentage: 5}"),
    ],
)
def test_a_key_that_the_configuration_gives_spans_is_taken(
    setting: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = _refusal("claims", capsys, f"{setting}={value}")
    assert line.endswith(f"as does {setting}; leave one of the two out")


def test_errors_read_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _install_example(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    shown = re.findall(r"^error: .+$", _PAGE.read_text(), re.MULTILINE)
    assert [_refusal("acmee", capsys), _refusal("acme", capsys, "profiles={}")] == shown
