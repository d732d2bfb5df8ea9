"""The documentation agrees with the code, and with itself."""

import importlib.util
import re
import shlex
from pathlib import Path
from types import ModuleType

import click
import pytest

from project_files import ROOT, all_commands, project_files
from telemetry_sender.cli import execute

_LINK = re.compile(r"\]\((?!https?://)(?P<target>[^)#]+)?(?:#(?P<anchor>[^)]+))?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PAGES = project_files("*.md")
_COMMANDS = list(all_commands())


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs/generate_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_references_are_up_to_date() -> None:
    """If this fails, `make docs` writes them again."""
    for path, text in _generator().pages().items():
        assert path.read_text() == text, f"{path.name} is out of date: run `make docs`"


def test_a_reference_that_is_out_of_date_is_found_and_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = _generator()
    monkeypatch.setattr(reference, "DOCS", tmp_path)
    with pytest.raises(SystemExit, match="out of date"):
        reference.main(["--check"])
    reference.main([])
    reference.main(["--check"])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("topology.services", "names and sections"),
        ("topology.services.*.resource_attributes", "names and texts, numbers or booleans"),
        ("topology.services.*.calls", "text or list of sections"),
        ("topology.services.*.operations.*.latency", "duration or section"),
        ("topology.services.*.operations.*.latency.p99", "duration"),
        ("topology.services.*.operations.*.calls[].count", "integer or range (`1..4`)"),
        ("traces.cardinality[].values", "integer, > 0, ≤ 10,000,000"),
        ("traces.services.names", "list of texts"),
        ("metrics.metric_count", "integer, > 0, ≤ 1,000,000"),
        ("metrics.style", "`semconv` or `collector`"),
        ("metrics.custom[].range", "list of 2 numbers"),
        ("logs.types.*.percentage", "number, ≥ 0, ≤ 100"),
        ("logs.types.application.patterns[].text", "text"),
        ("limits.allow_unbounded", "`true` or `false`"),
        ("otlp.headers", "names and texts"),
        ("otlp.timeout", "duration, > 0"),
        ("otlp.max_message_size", "size, > 0, ≤ 2,147,483,647"),
    ],
)
def test_the_reference_says_what_a_setting_takes_however_deep(setting: str, value: str) -> None:
    assert _settings()[setting][1] == value


def test_a_section_that_comes_twice_is_explained_once() -> None:
    meaning = _settings()["topology.services.*.functions"][3]
    assert meaning.endswith("Keys as under `topology.services.*.operations.*`.")


def _settings() -> dict[str, list[str]]:
    lines = (ROOT / "docs" / "configuration.md").read_text().splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row for row in rows}


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.finditer(page.read_text()):
        target = page.parent / link["target"] if link["target"] else page
        assert target.exists(), link[0]
        assert link["anchor"] is None or link["anchor"] in _anchors(target), link[0]


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(page.read_text())
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        page = page / "README.md" if page.is_dir() else page
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            links = _LINK.finditer(page.read_text())
            waiting += [page.parent / link["target"] for link in links if link["target"]]
    assert {page for page in _PAGES if ROOT / "docs" in page.parents} <= reached


@pytest.mark.parametrize(("name", "command"), _COMMANDS, ids=[name for name, _ in _COMMANDS])
def test_every_command_and_option_is_explained(name: str, command: click.Command) -> None:
    assert command.help, name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"


_ERRORS = re.findall(r"^error: .+$", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("shown", "options"),
    [
        (_ERRORS[0], "--config mine.yaml"),
        (_ERRORS[1], "--config configs/sender.yaml --set sending.concurrency=0"),
        (_ERRORS[2], "--config missing.yaml"),
        (_ERRORS[3], "--config headers.yaml"),
    ],
)
def test_errors_read_as_documented(
    shown: str,
    options: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("VENDOR_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    example = (ROOT / "configs" / "sender.yaml").read_text()
    header = "  headers: {x-api-key: '${VENDOR_KEY}'}\n  insecure:"
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    (tmp_path / "mine.yaml").write_text(example.replace("events_per_second", "events_per_sec"))
    (tmp_path / "headers.yaml").write_text(example.replace("  insecure:", header, 1))
    assert execute(shlex.split(options)) == 2
    assert capsys.readouterr().err == f"{shown}\n"


def test_every_documented_error_is_tested() -> None:
    assert len(_ERRORS) == 4
