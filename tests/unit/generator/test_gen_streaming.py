"""`telemetry-generator --stream`: the same set as on disk, in segments, without being stored."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from project_files import ROOT
from telemetry_common.config import load_config
from telemetry_common.signals import Signal
from telemetry_common.stream import Segment, StreamReader
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.generate import Options, generate
from telemetry_generator.streaming import stream

CONFIG = ROOT / "configs" / "generator-small.yaml"
COMMAND = [sys.executable, "-m", "telemetry_generator.cli"]


def _config(directory: Path) -> GeneratorConfig:
    settings = ("traces.count=6000", "logs.count=60000", f"output.directory={directory}")
    return load_config(GeneratorConfig, CONFIG, settings)


def _streamed(config: GeneratorConfig, processes: int) -> list[Segment]:
    file = io.BytesIO()
    stream(config, processes, file, lambda _: None)
    file.seek(0)
    return list(StreamReader(file, "stream").segments())


@pytest.mark.parametrize("processes", [1, 2])
def test_the_segments_joined_are_the_files_of_the_set(tmp_path: Path, processes: int) -> None:
    config = _config(tmp_path)
    written = generate(config, Options(processes=1), lambda _: None)
    segments = _streamed(config, processes)
    for signal, entry in written.manifest.files.items():
        joined = b"".join(segment.get(signal, b"") for segment in segments)
        assert joined == (tmp_path / entry.path).read_bytes()


def test_all_signals_advance_together(tmp_path: Path) -> None:
    """A reader that has seen half of the segments has about half of each large signal."""
    segments = _streamed(_config(tmp_path), 1)
    assert len(segments) > 1
    half = segments[: len(segments) // 2]
    for signal in (Signal.TRACES, Signal.LOGS):
        share = sum(len(each.get(signal, b"")) for each in half) / sum(
            len(each.get(signal, b"")) for each in segments
        )
        assert 0.25 <= share <= 0.75


def test_a_reader_that_closes_its_end_is_no_error() -> None:
    command = [*COMMAND, "--config", str(CONFIG), "--stream", "--set", "traces.count=20000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as generator:
        assert generator.stdout is not None
        assert generator.stderr is not None
        assert generator.stdout.read(1000)
        generator.stdout.close()
        said = generator.stderr.read().decode()
    assert generator.returncode == 0
    assert "the reader has enough" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("option", [["--output-dir", "x"], ["--size", "1MB"], ["--json"]])
def test_options_of_a_set_on_disk_are_refused(option: list[str]) -> None:
    command = [*COMMAND, "--config", str(CONFIG), "--stream", *option]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert f"{option[0]} has no meaning with --stream" in ended.stderr
    assert ended.stdout == ""
