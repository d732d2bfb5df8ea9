"""Wrong options of `receive` end in one line with the place, the problem and the fix."""

from pathlib import Path

import pytest

from receiver_reference import build_reference_set, write_reference_set
from telemetry_sender.cli import execute


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--grpc", "4317"], "--grpc 4317: not HOST:PORT"),
        (["--grpc", ":4317"], "--grpc :4317: not HOST:PORT"),
        (["--grpc", "127.0.0.1:http"], "--grpc 127.0.0.1:http: not HOST:PORT"),
        (["--grpc", "127.0.0.1:65536"], "--grpc 127.0.0.1:65536: not HOST:PORT"),
        (["--duration", "-1"], "--duration: '-1' is not a duration"),
        (["--duration", "soon"], "--duration: 'soon' is not a duration"),
        (["--max-message-size", "0"], "--max-message-size: '0' is not between"),
        (["--max-message-size", "2GB"], "--max-message-size: '2GB' is not between"),
        (["--max-message-size", "big"], "--max-message-size: 'big' is not a size"),
        (["--run-seed", "1"], "--templates and --run-seed: one is missing; give both or neither"),
        (["--templates", "."], "--templates and --run-seed: one is missing; give both or neither"),
        (["--report", "no/such/r.json"], "--report no/such/r.json: no such directory"),
        (["--templates", ".", "--run-seed", "1"], ".: holds no *-metadata.yaml"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(
    options: list[str],
    message: str,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert execute(["receive", *options]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"error: {message}")
    assert err.count("\n") == 1


def test_discard_and_templates_exclude_each_other(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_reference_set(build_reference_set(), tmp_path)
    options = ["--templates", str(tmp_path), "--run-seed", "1", "--discard"]
    assert execute(["receive", *options]) == 2
    assert "leave out --templates or --discard" in capfd.readouterr().err


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_a_failed_run(
    host: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert execute(["receive", "--grpc", f"{host}:4317"]) == 1
    out, err = capfd.readouterr()
    assert err.startswith(f"error: --grpc {host}:4317: ")
    assert err.count("\n") == 1
    assert out == ""


def test_help_names_every_option(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["receive", "--help"]) == 0
    text = capfd.readouterr().out
    options = ("--grpc", "--report", "--templates", "--run-seed", "--duration", "--discard")
    assert all(option in text for option in (*options, "--max-message-size"))
