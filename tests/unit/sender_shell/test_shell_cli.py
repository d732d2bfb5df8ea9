"""The command line: what it says, where it says it, and how it exits."""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from jsonschema import Draft202012Validator
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, TracesData

from telemetry_common import __version__
from telemetry_sender.cli import execute

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "report.schema.json").read_text())
SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"


class Server:
    """An OTLP server that counts requests, and answers with a status or with success."""

    def __init__(self) -> None:
        self.requests = 0
        self.code = grpc.StatusCode.OK

    def export(self, _: bytes, context: grpc.ServicerContext) -> bytes:
        self.requests += 1
        if self.code is not grpc.StatusCode.OK:
            sent = dict(context.invocation_metadata())
            context.abort(self.code, f"key {sent.get('x-key')!s} refused")
        return b""


@pytest.fixture
def server() -> Iterator[tuple[Server, str]]:
    """Yield a running server and its address."""
    service = Server()
    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(
        service.export
    )
    running = grpc.server(ThreadPoolExecutor(2))
    running.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(SERVICE, {"Export": handler})]
    )
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    yield service, f"127.0.0.1:{port}"
    running.stop(0).wait()


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a template of twenty traces with one span each."""
    file = tmp_path / "t-traces.pb"
    data = TracesData()
    for number in range(1, 21):
        span = Span(
            trace_id=number.to_bytes(16, "big"),
            span_id=number.to_bytes(8, "big"),
            name="work",
            start_time_unix_nano=number,
            end_time_unix_nano=number + 1000,
        )
        data.resource_spans.append(ResourceSpans(scope_spans=[ScopeSpans(spans=[span])]))
    file.write_bytes(data.SerializeToString())
    return file


@pytest.fixture
def arguments(tmp_path: Path, template: Path, server: tuple[Server, str]) -> list[str]:
    """Return the arguments of a small replay into the server: three passes of twenty spans."""
    file = tmp_path / "s.yaml"
    file.write_text(
        f"input:\n  traces: {template}\n"
        f"otlp:\n  endpoint: http://{server[1]}\n  headers:\n    x-key: hunter2hunter2\n"
        "sending:\n  multiplier: 3\n  rate_limit:\n    events_per_second: 0\n"
        "  batch_size:\n    traces: 5\n  retry:\n    max_attempts: 1\n"
    )
    return ["--config", str(file)]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, as its users do."""
    code = "from telemetry_sender.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def one_error(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the only line of standard error; standard output must be empty."""
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    return line


def test_help_teaches_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--help"]) == 0
    text = capsys.readouterr().out
    for part in ("Examples:", "Exit codes:", "--run-seed", "receive", "reconcile"):
        assert part in text


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom telemetry_sender.cli import execute\nexecute(['--help'])\n"
        "heavy = {'grpc', 'numpy', 'pydantic', 'rich', 'google.protobuf'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--version"]) == 0
    assert capsys.readouterr().out == f"telemetry-sender {__version__}\n"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ([], "Missing option '--config'."),
        (["--confg", "x"], "No such option"),
        (["sned"], "No such command 'sned'"),
        (["--config", "x", "--run-seed", "-1"], "-1 is not in the range x>=0"),
        (["--config", "x", "--run-seed", "abc"], "is not a valid integer"),
        (["--config", "x", "--report", "."], "is a directory"),
        (["--config", "x", "receive"], "Options belong behind 'receive'."),
        (["--run-seed", "0", "receive"], "Options belong behind 'receive'."),
    ],
)
def test_a_wrong_command_line_exits_with_2(
    capsys: pytest.CaptureFixture[str], given: list[str], problem: str
) -> None:
    assert execute(given) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert problem in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "input: {traces: t}\notlp: {endpoint: 'h:1'}\nsendin: {}",
            "{file}:3: sendin: unknown key; did you mean 'sending'?",
        ),
        (
            "input: {traces: t}\notlp:\n  endpoint: localhost",
            "{file}:3: otlp.endpoint: 'localhost' is not host:port, for example ",
        ),
        ("input: [", "{file}:1: not valid YAML: "),
        (None, "{file}: no such file or directory; give an existing YAML file"),
    ],
)
def test_a_wrong_configuration_is_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str | None, problem: str
) -> None:
    file = tmp_path / "s.yaml"
    if text is not None:
        file.write_text(text)
    assert execute(["--config", str(file)]) == 2
    assert one_error(capsys).startswith("error: " + problem.format(file=file))


def test_a_wrong_override_is_one_line_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert execute([*arguments, "--set", "sending.concurrency=0"]) == 2
    assert one_error(capsys) == (
        "error: --set sending.concurrency: sending.concurrency: "
        "input should be greater than 0 (got 0); correct the value"
    )


def test_an_unset_variable_is_one_line_and_exits_with_2(
    arguments: list[str], server: tuple[Server, str]
) -> None:
    done = command(*arguments, "--set", "otlp.headers.x-other=${STAMPEDE_TEST_IS_NOT_SET}")
    assert done.returncode == 2
    assert done.stderr == (
        "error: otlp.headers.x-other: environment variable STAMPEDE_TEST_IS_NOT_SET is not set; "
        "export STAMPEDE_TEST_IS_NOT_SET\n"
    )
    assert server[0].requests == 0


def test_a_report_without_a_directory_is_refused_before_anything_is_sent(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    server: tuple[Server, str],
) -> None:
    target = tmp_path / "missing" / "run.json"
    assert execute([*arguments, "--report", str(target)]) == 2
    assert one_error(capsys) == f"error: --report {target}: no such directory; choose another place"
    assert server[0].requests == 0


def test_a_replay_prints_its_seed_and_its_summary_and_writes_its_report(
    tmp_path: Path, arguments: list[str], server: tuple[Server, str]
) -> None:
    target = tmp_path / "run.json"
    done = command(*arguments, "--run-seed", "7", "--report", str(target))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "run seed: 7"
    assert "run completed after" in done.stdout
    report = json.loads(target.read_text())
    Draft202012Validator(SCHEMA).validate(report)
    assert report["run"]["seed"] == 7
    assert report["totals"]["acked"] == 60
    assert report["signals"]["traces"]["passes"] == 3.0
    assert report["totals"]["requests"] == server[0].requests == 12


def test_json_leaves_standard_output_to_the_report(arguments: list[str]) -> None:
    done = command(*arguments, "--json")
    assert done.returncode == 0
    report: Any = json.loads(done.stdout)
    assert report["totals"]["acked"] == 60
    assert f"run seed: {report['run']['seed']}" in done.stderr.splitlines()


def test_without_a_seed_every_run_has_its_own(arguments: list[str]) -> None:
    seeds = [json.loads(command(*arguments, "--json").stdout)["run"]["seed"] for _ in range(2)]
    assert seeds[0] != seeds[1]
    assert all(0 <= seed < 1 << 53 for seed in seeds)


def test_a_full_disk_loses_the_report_but_not_the_summary(arguments: list[str]) -> None:
    done = command(*arguments, "--report", "/dev/full")
    assert done.returncode == 1
    assert "run completed after" in done.stdout
    assert done.stderr == (
        "error: --report /dev/full: not written: no space left on device; "
        "make room there or choose another place\n"
    )


def test_a_run_of_which_nothing_arrives_exits_with_1_and_hides_the_key(
    arguments: list[str], server: tuple[Server, str]
) -> None:
    server[0].code = grpc.StatusCode.PERMISSION_DENIED
    done = command(*arguments)
    assert done.returncode == 1
    assert "key *** refused" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
