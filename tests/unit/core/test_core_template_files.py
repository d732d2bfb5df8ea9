"""Template files that cannot be used: one line with path, problem and fix; exit code 2."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core_support import COMMITTED_SIGNALS, copy_committed
from otlp_events import holders_of
from otlp_profiles import profiles_naming
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates
from telemetry_sender.cli import execute


@pytest.fixture
def files(tmp_path: Path) -> dict[Signal, Path]:
    """Return the files of a copy of the committed set, with its manifest."""
    return copy_committed(tmp_path)


@pytest.fixture
def traces(files: dict[Signal, Path]) -> Path:
    """Return a traces file without a manifest beside it."""
    return files[Signal.TRACES].rename(files[Signal.TRACES].with_name("mine.pb"))


def refused(path: Path, signal: Signal = Signal.TRACES) -> TemplateError:
    """Return the error of opening a file: its place names the file, and it is one line."""
    with pytest.raises(TemplateError) as caught:
        open_templates({signal: path})
    error = caught.value
    assert error.place.startswith(str(path))
    assert error.exit_code == 2
    assert "\n" not in str(error)
    return error


def make_directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-10])


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "no such file or directory"),
    "empty": (lambda file: file.write_bytes(b""), "empty file"),
    "a directory": (make_directory, "is a directory"),
    "truncated": (truncate, "not OTLP traces"),
    "one byte": (lambda file: file.write_bytes(b"\x0a"), "not OTLP traces"),
    "text": (lambda file: file.write_text("hello, world\n" * 99), "not OTLP traces"),
    "JSON": (lambda file: file.write_text(json.dumps({"resourceSpans": []})), "not OTLP traces"),
    "a JSON list": (lambda file: file.write_text("[]\n"), "not OTLP traces"),
    "zeros": (lambda file: file.write_bytes(bytes(1000)), "not OTLP traces"),
    "0xff": (lambda file: file.write_bytes(b"\xff" * 1000), "not OTLP traces"),
    "gzip": (lambda file: file.write_bytes(b"\x1f\x8b\x08\x00" + bytes(99)), "not OTLP traces"),
    "other protobuf": (lambda file: file.write_bytes(b"\x10\x07\x18\x01"), "holds no spans"),
    "no spans": (lambda file: file.write_bytes(b"\x0a\x00"), "holds no spans"),
}


@pytest.mark.parametrize(("damage", "problem"), UNUSABLE.values(), ids=list(UNUSABLE))
def test_a_file_that_is_no_template_is_refused_with_its_path(
    traces: Path, damage: Callable[[Path], object], problem: str
) -> None:
    damage(traces)
    assert problem in refused(traces).problem


def test_the_error_of_broken_bytes_says_at_which_byte(traces: Path) -> None:
    truncate(traces)
    assert refused(traces).place.startswith(f"{traces}: byte ")


@pytest.mark.parametrize("given", COMMITTED_SIGNALS)
@pytest.mark.parametrize("actual", COMMITTED_SIGNALS)
def test_a_file_of_another_signal_is_refused(
    files: dict[Signal, Path], given: Signal, actual: Signal
) -> None:
    """The manifest cannot help: the file has a name of its own."""
    mixed_up = files[actual].rename(files[actual].with_name("mixed-up.pb"))
    if given is actual:
        assert open_templates({given: mixed_up})[given].plan.events
        return
    refused(mixed_up, given)


@pytest.mark.parametrize("other", COMMITTED_SIGNALS)
def test_profiles_and_other_signals_are_not_mixed_up(
    files: dict[Signal, Path], other: Signal, tmp_path: Path
) -> None:
    spans = holders_of(Signal.TRACES, files[Signal.TRACES].read_bytes())
    profiles = tmp_path / "profiles.pb"
    profiles.write_bytes(profiles_naming(spans).SerializeToString())
    opened = open_templates({Signal.TRACES: files[Signal.TRACES], Signal.PROFILES: profiles})
    assert opened[Signal.PROFILES].plan.events > len(spans)
    refused(profiles, other)
    refused(files[other].rename(tmp_path / "mine.pb"), Signal.PROFILES)


def test_a_file_that_its_manifest_does_not_know_by_hash_is_refused(
    files: dict[Signal, Path],
) -> None:
    data = bytearray(files[Signal.LOGS].read_bytes())
    data[-1] ^= 1
    files[Signal.LOGS].write_bytes(data)
    error = refused(files[Signal.LOGS], Signal.LOGS)
    assert "hash" in error.problem
    assert "manifest" in error.problem


def test_a_file_of_another_size_than_in_its_manifest_is_refused(files: dict[Signal, Path]) -> None:
    size = files[Signal.TRACES].stat().st_size
    truncate(files[Signal.TRACES])
    problem = refused(files[Signal.TRACES]).problem
    assert f"{size - 10:,} bytes" in problem
    assert f"the manifest says {size:,}" in problem


def test_a_broken_manifest_is_named(files: dict[Signal, Path]) -> None:
    manifest = files[Signal.TRACES].with_name("small-metadata.yaml")
    manifest.write_text(manifest.read_text().replace("horizon_nanos", "horizon_nannos"))
    with pytest.raises(TemplateError, match=r"small-metadata\.yaml"):
        open_templates({Signal.TRACES: files[Signal.TRACES]})


def test_files_without_a_manifest_and_of_different_sets_are_taken_as_they_are(
    files: dict[Signal, Path],
) -> None:
    files[Signal.TRACES].with_name("small-metadata.yaml").unlink()
    opened = open_templates(files)
    assert list(opened) == list(files)
    assert opened[Signal.LOGS].plan.resolved_against == opened[Signal.TRACES].plan.sha256


def test_signals_come_back_in_the_order_given(files: dict[Signal, Path]) -> None:
    """Traces are read first all the same, because the others refer to them."""
    backwards = dict(reversed(files.items()))
    opened = open_templates(backwards)
    assert list(opened) == list(backwards)
    assert opened[Signal.LOGS].plan.traces == opened[Signal.TRACES].plan.traces > 0


def test_the_command_says_it_in_one_line_and_exits_with_2(
    files: dict[Signal, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truncate(files[Signal.METRICS])
    config = tmp_path / "sender.yaml"
    config.write_text(
        f"input:\n  metrics: {files[Signal.METRICS]}\notlp:\n  endpoint: http://127.0.0.1:1\n"
    )
    assert execute(["--config", str(config)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"error: {files[Signal.METRICS]}: ")


def test_progress_is_told_while_a_plan_is_made(files: dict[Signal, Path]) -> None:
    told: list[tuple[Signal, int, int]] = []
    open_templates({Signal.TRACES: files[Signal.TRACES]}, lambda *each: told.append(each))
    size = files[Signal.TRACES].stat().st_size
    assert told[-1] == (Signal.TRACES, size, size)


def test_a_link_to_a_template_is_followed(files: dict[Signal, Path], tmp_path: Path) -> None:
    link = tmp_path / "linked" / "x.pb"
    link.parent.mkdir()
    link.symlink_to(files[Signal.TRACES])
    assert open_templates({Signal.TRACES: link})[Signal.TRACES].plan.events
