"""The command: options, exit codes, what goes to which stream."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from telemetry_common import __version__
from telemetry_common.manifest import load_manifest
from telemetry_common.signals import Signal
from telemetry_common.units import parse_size
from telemetry_generator import cli
from telemetry_generator.progress import PlainProgress
from telemetry_generator.progress_bar import BarProgress
from telemetry_generator.progress_choice import progress_on

SMALL = str(Path(__file__).parents[3] / "configs" / "generator-small.yaml")
CONFIG = str(Path(__file__).parents[3] / "configs" / "generator-committed.yaml")


def test_the_summary_names_files_counts_and_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.exit_code(["--config", CONFIG, "--output-dir", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0].split() == ["file", "size", "events", "traces", "series", "events/s"]
    assert [line.split()[0] for line in lines[1:5]] == [
        "small-traces.pb", "small-metrics.pb", "small-logs.pb", "small-profiles.pb"
    ]  # fmt: skip
    assert lines[1].split()[4] == "20"
    assert lines[3].split()[3] == "60"
    assert lines[5] == f"manifest: {tmp_path / 'small-metadata.yaml'}"
    assert lines[6].startswith("estimated sender memory: 100.")


def test_progress_goes_to_stderr_as_plain_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.exit_code(["--config", CONFIG, "--output-dir", str(tmp_path)])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("expecting 200 spans, ")
    assert "a sender will need 100." in lines[0]
    assert lines[1] == "generating 20 traces"
    assert "generating 60 log records" in lines


def test_the_seed_option_beats_the_configuration(tmp_path: Path) -> None:
    arguments = ["--config", CONFIG, "--output-dir", str(tmp_path), "--set", "seed=3"]
    assert cli.exit_code([*arguments, "--seed", "9"]) == 0
    manifest = load_manifest(tmp_path / "small-metadata.yaml")
    assert manifest.seed == manifest.configuration["seed"] == 9


def test_settings_can_be_overridden(tmp_path: Path) -> None:
    changes = ["--set", "traces.count=7", "--set", "output.prefix=mine", "--set", "logs=null"]
    assert cli.exit_code(["--config", CONFIG, "--output-dir", str(tmp_path), *changes]) == 0
    manifest = load_manifest(tmp_path / "mine-metadata.yaml")
    assert manifest.files[Signal.TRACES].traces == 7
    assert Signal.LOGS not in manifest.files


@pytest.mark.parametrize("size", ["4MB", "20MB"])
def test_a_size_is_met_within_two_percent(
    size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--config", SMALL, "--output-dir", str(tmp_path), "--size", size]
    assert cli.exit_code(arguments) == 0, capsys.readouterr().err
    manifest = load_manifest(tmp_path / "telemetry-metadata.yaml")
    total = sum(entry.bytes for entry in manifest.files.values())
    assert total == pytest.approx(parse_size(size), rel=0.02)


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    sets = []
    for processes in ("1", "2", "3"):
        directory = tmp_path / processes
        options = ["--processes", processes, "--set", "traces.count=5000"]
        assert cli.exit_code(["--config", SMALL, "--output-dir", str(directory), *options]) == 0
        sets.append({path.name: path.read_bytes() for path in directory.iterdir()})
    assert sets[0] == sets[1] == sets[2]


def test_a_set_beyond_the_limit_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--config", SMALL, "--output-dir", str(tmp_path), "--set", "traces.count=99000000"]
    assert cli.exit_code(arguments) == 2
    assert "error: limits.max_memory_gb: sending the set would take about" in (
        capsys.readouterr().err
    )
    assert list(tmp_path.iterdir()) == []


def test_options_in_front_of_a_subcommand_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.exit_code(["--seed", "3", "inspect", "/tmp"]) == 2
    assert "Options belong behind 'inspect'" in capsys.readouterr().err


def test_the_directory_of_the_configuration_is_created(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "er"
    assert cli.exit_code(["--config", CONFIG, "--set", f"output.directory={target}"]) == 0
    assert (target / "small-metadata.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing option '--config'"),
        (["--config", CONFIG, "--sead", "1"], "No such option"),
        (["--config", CONFIG, "--seed", "-1"], "not in the range"),
        (["--config", CONFIG, "--seed", "many"], "not a valid integer"),
        (["--config", "/nowhere/generator.yaml"], "/nowhere/generator.yaml: no such file"),
        (["--config", "/"], "/: is a directory"),
        (["--config", CONFIG, "--set", "traces.cuont=1"], "did you mean 'count'?"),
        (["--config", CONFIG, "--set", "traces.count"], "not KEY=VALUE"),
        (["--config", CONFIG, "--output-dir", ""], "--output-dir: empty; name a directory"),
        (["--config", CONFIG, "extra"], "No such command"),
        (["--config", CONFIG, "--size", "much"], "is not a size like 100MB"),
        (["--config", CONFIG, "--size", "0"], "must be more than 0"),
        (["--config", CONFIG, "--processes", "0"], "not in the range"),
    ],
)
def test_wrong_usage_exits_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.exit_code(arguments) == 2
    assert message in capsys.readouterr().err


def test_the_help_teaches_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.exit_code(["--help"]) == 0
    text = capsys.readouterr().out
    assert "telemetry-generator --config configs/generator-small.yaml" in text
    assert all(option in text for option in ("--output-dir", "--seed", "--set", "--json"))


def test_every_option_has_help() -> None:
    assert all(getattr(option, "help", None) for option in cli.command.params)


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.exit_code(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_the_installed_command_runs(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("telemetry-generator")), "--config", CONFIG]
    done = subprocess.run(
        [*command, "--output-dir", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert (tmp_path / "small-metadata.yaml").exists()


def test_main_exits_with_the_code() -> None:
    with pytest.raises(SystemExit) as exit_info:
        cli.main(["--config", "/nowhere.yaml"])
    assert exit_info.value.code == 2


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_bars_and_anything_else_lines() -> None:
    with progress_on(io.StringIO()) as plain, progress_on(Terminal()) as bars:
        assert isinstance(plain, PlainProgress)
        assert isinstance(bars, BarProgress)


def test_a_bar_ends_where_the_work_ended() -> None:
    """Bars move in visible steps, and what is left of the last step is not forgotten."""
    with BarProgress(Terminal()) as bars:
        for signal, done in ((Signal.TRACES, 1001), (Signal.LOGS, 999)):
            bars.start(signal, done)
            for _ in range(done):
                bars.advance(1)
    assert [task.completed for task in bars._bars.tasks] == [1001, 999]
