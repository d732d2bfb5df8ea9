"""Writing: a set is whole or absent, whatever stops the run."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator_support import configuration, generate, template_files
from no_progress import NoProgress
from telemetry_common.compression import open_template_bytes
from telemetry_common.signals import Signal
from telemetry_generator import cli
from telemetry_generator.chunks import Chunk, Source, in_order
from telemetry_generator.set_writer import write_set
from telemetry_generator.sources import make_sources

CONFIGS = Path(__file__).parents[3] / "configs"
COMMAND = [sys.executable, "-m", "telemetry_generator.cli"]


def limited_run(directory: Path, limit: int) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process whose files cannot grow beyond `limit` bytes."""
    arguments = ["--config", str(CONFIGS / "generator-small.yaml"), "--output-dir", str(directory)]
    return subprocess.run(
        [*COMMAND, *arguments],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    done = limited_run(tmp_path, limit=200_000)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert [line for line in lines if line.startswith("error: ")] == lines[-1:]
    assert "file too large" in lines[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_failed_run_leaves_the_old_set_as_it_was(tmp_path: Path) -> None:
    output = configuration(output={"prefix": "telemetry"})
    generate(tmp_path, output)
    before = template_files(tmp_path)
    assert limited_run(tmp_path, limit=200_000).returncode == 1
    assert template_files(tmp_path) == before


def test_a_failure_in_the_last_signal_leaves_nothing(tmp_path: Path) -> None:
    config = configuration(output={"directory": str(tmp_path)})
    with pytest.raises(OSError, match="gone"):
        write_set(config, make_sources(config), breaking_at_logs, NoProgress())
    assert list(tmp_path.iterdir()) == []


def breaking_at_logs(source: Source) -> Iterator[Chunk]:
    yield source.chunk(0)
    if source.signal is Signal.LOGS:
        raise OSError("the disk is gone")
    yield from list(in_order(source))[1:]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_exits_130_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    arguments = ["--config", str(CONFIGS / "generator.yaml"), "--output-dir", str(tmp_path)]
    running = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for_output(tmp_path, running)
    running.send_signal(number)
    output, errors = running.communicate(timeout=30)
    assert running.returncode == 130
    assert output == ""
    assert "interrupted" in errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_worker_processes_too(tmp_path: Path, number: signal.Signals) -> None:
    arguments = ["--config", str(CONFIGS / "generator.yaml"), "--output-dir", str(tmp_path)]
    running = subprocess.Popen(
        [*COMMAND, *arguments, "--processes", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for_output(tmp_path, running)
    os.killpg(running.pid, number)  # as a terminal does: every process of the group gets it
    _, errors = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []
    wait_for_the_end_of_the_group(running.pid)


def wait_for_the_end_of_the_group(group: int) -> None:
    """Wait until no process of the group is left."""
    deadline = time.monotonic() + 30
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < deadline, "a process of the group goes on"
        time.sleep(0.01)


def wait_for_output(directory: Path, running: "subprocess.Popen[str]") -> None:
    """Wait until the command has begun to write its first template."""
    deadline = time.monotonic() + 30
    while not any(path.suffix == ".partial" for path in directory.iterdir()):
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_manifest_is_gone_while_files_are_replaced(tmp_path: Path) -> None:
    """At no time does a manifest stand beside files of another run."""
    config = configuration(output={"directory": str(tmp_path)})
    generate(tmp_path, config)
    seen: list[tuple[bool, bytes]] = []
    manifest = tmp_path / "telemetry-metadata.yaml"
    old = (tmp_path / "telemetry-logs.pb").read_bytes()
    replace = Path.replace

    def watched(self: Path, target: Path) -> Path:
        seen.append((manifest.exists(), target.name.encode()))
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", watched)
        generate(tmp_path, configuration(seed=2))
    assert [exists for exists, _ in seen] == [False] * 4
    assert seen[-1][1] == manifest.name.encode()
    assert (tmp_path / "telemetry-logs.pb").read_bytes() != old


def test_files_of_signals_that_are_off_now_are_removed(tmp_path: Path) -> None:
    generate(tmp_path, configuration(), with_json=True)
    generate(tmp_path, configuration(metrics=None))
    assert sorted(template_files(tmp_path)) == [
        "telemetry-logs.pb", "telemetry-metadata.yaml", "telemetry-traces.pb"
    ]  # fmt: skip


def test_another_set_in_the_same_directory_is_left_alone(tmp_path: Path) -> None:
    generate(tmp_path, configuration(output={"prefix": "other"}))
    before = template_files(tmp_path)
    generate(tmp_path, configuration())
    assert before.items() <= template_files(tmp_path).items()


@pytest.mark.parametrize("target", ["file", "file/below"])
def test_a_directory_that_cannot_be_made_is_the_users_mistake(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    config = str(CONFIGS / "generator-committed.yaml")
    assert cli.exit_code(["--config", config, "--output-dir", str(tmp_path / target)]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"error: {tmp_path / target}: ")
    assert message.endswith("; choose another --output-dir\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_permission_is_the_users_mistake(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    config = str(CONFIGS / "generator-committed.yaml")
    assert cli.exit_code(["--config", config, "--output-dir", str(tmp_path / "set")]) == 2


def test_the_manifest_proves_the_files(tmp_path: Path) -> None:
    made = generate(tmp_path, configuration())
    assert made.manifest.seed == 1
    assert made.manifest.horizon_nanos == 600 * 10**9
    total = sum(entry.bytes for entry in made.manifest.files.values())
    assert made.manifest.estimated_sender_bytes == (100 << 20) + total + total // 4
    for entry in made.manifest.files.values():
        assert (tmp_path / entry.path).stat().st_size == entry.bytes
        assert entry.resources > 0


def test_a_compressed_set_holds_the_same_bytes(tmp_path: Path) -> None:
    plain = generate(tmp_path / "plain", configuration())
    packed = generate(tmp_path / "packed", configuration(output={"compression": "zstd"}))
    for signal_, entry in packed.manifest.files.items():
        of_plain = plain.manifest.files[signal_]
        path = tmp_path / "packed" / entry.path
        assert path.name == f"{of_plain.path}.zst"
        assert (entry.bytes, entry.sha256) == (of_plain.bytes, of_plain.sha256)
        assert entry.compressed_bytes == path.stat().st_size < entry.bytes / 2
        assert open_template_bytes(path)[:] == (tmp_path / "plain" / of_plain.path).read_bytes()


def test_a_plain_set_replaces_a_compressed_one(tmp_path: Path) -> None:
    generate(tmp_path, configuration(output={"compression": "zstd"}))
    generate(tmp_path, configuration())
    assert not list(tmp_path.glob("*.zst"))


def test_the_manifest_does_not_say_where_it_was_written(tmp_path: Path) -> None:
    made = generate(tmp_path, configuration())
    assert "directory" not in made.manifest.configuration["output"]
    assert str(tmp_path) not in (tmp_path / "telemetry-metadata.yaml").read_text()
