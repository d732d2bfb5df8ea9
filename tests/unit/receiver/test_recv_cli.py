"""Wrong options of `receive` end in one line with the place, the problem and the fix."""

from pathlib import Path

import pytest

from receiver_reference import build_reference_set, write_reference_set
from telemetry_sender.cli import execute
from telemetry_sender.receiver.cli import _places


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--grpc", "4317"], "--grpc 4317: not HOST:PORT"),
        (["--grpc", ":4317"], "--grpc :4317: not HOST:PORT"),
        (["--grpc", "127.0.0.1:http"], "--grpc 127.0.0.1:http: not HOST:PORT"),
        (["--grpc", "127.0.0.1:65536"], "--grpc 127.0.0.1:65536: not HOST:PORT"),
        (["--http", "4318"], "--http 4318: not HOST:PORT or unix:PATH"),
        (["--http", "unix:"], "--http unix:: not HOST:PORT or unix:PATH"),
        (["--tls-cert", "c.pem"], "--tls-cert and --tls-key: one is missing"),
        (["--client-ca", "c.pem"], "--client-ca: clients are known by TLS only"),
        (["--fault", "explode"], "--fault explode: no fault or status 'explode'"),
        (["--faults", "no.yaml"], "no.yaml: no such file or directory"),
        (["--capacity", "lots"], "--capacity lots: rate: "),
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


@pytest.mark.parametrize(
    ("named", "listens"),
    [
        ((None, None), ("127.0.0.1:4317", "127.0.0.1:4318")),
        (("[::1]:1", None), ("[::1]:1", "None")),
        ((None, "unix:/run/x"), ("None", "unix:/run/x")),
        (("127.0.0.1:1", "127.0.0.1:2"), ("127.0.0.1:1", "127.0.0.1:2")),
    ],
)
def test_it_listens_where_it_is_told_and_else_on_the_usual_loopback_ports(
    named: tuple[str | None, str | None], listens: tuple[str, str]
) -> None:
    places = _places(*named)
    assert (str(places[0]), str(places[1])) == listens


def test_help_names_every_option(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["receive", "--help"]) == 0
    text = capfd.readouterr().out
    options = (
        "--grpc",
        "--http",
        "--fault",
        "--faults",
        "--fault-seed",
        "--capacity",
        "--report",
        "--templates",
        "--run-seed",
        "--duration",
        "--discard",
    )
    more = ("--max-message-size", "--tls-cert", "--tls-key", "--client-ca")
    assert all(option in text for option in (*options, *more))


@pytest.mark.parametrize("option", [["--max-age", "1m"], ["--log-sequence", "seq"]])
def test_a_discarding_receiver_cannot_check_events(
    capfd: pytest.CaptureFixture[str], option: list[str]
) -> None:
    assert execute(["receive", "--discard", *option]) == 2
    assert f"so {option[0]} has nothing to check" in capfd.readouterr().err


def test_an_age_that_is_no_duration_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert execute(["receive", "--max-age", "old"]) == 2
    assert capfd.readouterr().err.startswith("error: --max-age: ")
