"""`telemetry-sender read`: what a run wrote comes back as lines, in a pipe, in little memory."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import zstandard

from binary_files import HEADERS, binary_records
from core_support import COMMITTED, COMMITTED_SIGNALS
from integration.processes import sender_command
from json_requests import fields_of, read_request
from otlp_messages import lines
from telemetry_common.signals import Signal
from telemetry_sender.reading.source import MOST_BYTES

STREAMS = ("traces", "metrics", "logs", "events")
SINKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("ndjson", {}),
    ("json", {}),
    ("otlp_json", {}),
    ("leb128", {}),
    ("bitpacked", {"compression": "zstd"}),
    ("otlp_protobuf", {"compression": "gzip"}),
    ("otlp_protobuf", {"message_compression": "zstd", "prefix": "messages"}),
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run of two passes wrote through several sinks at once."""
    folder = tmp_path_factory.mktemp("run")
    out = folder / "out"
    sinks = [
        {"name": name, "options": {"directory": str(out), **options}} for name, options in SINKS
    ]
    inputs = {str(name): str(COMMITTED / f"small-{name}.pb") for name in COMMITTED_SIGNALS}
    config = folder / "sender.json"
    config.write_text(json.dumps({"input": inputs, "sinks": sinks}))
    command = sender_command("--config", config, "--set", "sending.multiplier=2", "--run-seed", "1")
    subprocess.run(command, check=True, capture_output=True)
    return out


def read(*arguments: str | Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(sender_command("read", *arguments), capture_output=True, check=False)


def output(*arguments: str | Path) -> bytes:
    done = read(*arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("suffix", ["leb128", "bitpacked.zst", "json", "ndjson"])
def test_files_of_records_give_the_lines_of_the_same_run(
    written: Path, stream: str, suffix: str
) -> None:
    wanted = (written / f"telemetry_{stream}_0001.ndjson").read_bytes()
    assert wanted
    assert output(written / f"telemetry_{stream}_0001.{suffix}") == wanted


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@pytest.mark.parametrize("name", ["telemetry_{}_0001.pb.gz", "messages_{}_0001.pb.zmsg"])
def test_files_of_otlp_give_the_requests_of_the_same_run(
    written: Path, signal: Signal, name: str
) -> None:
    wanted = (written / f"telemetry_{signal}_0001.jsonl").read_bytes()
    found = output(written / name.format(signal))
    assert [fields_of(read_request(signal, line)) for line in lines(found)] == [
        fields_of(read_request(signal, line)) for line in lines(wanted)
    ]


def test_tables_give_their_rows(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    time = pyarrow.array([1_767_225_600_000_000_001, None], pyarrow.timestamp("ns", "UTC"))
    ids = pyarrow.array([b"\x01" * 8, None], pyarrow.binary(8))
    steps = pyarrow.array([[{"at": 1}], []], pyarrow.list_(pyarrow.struct({"at": time.type})))
    table = pyarrow.table({"at": time, "id": ids, "value": [float("nan"), 1.5], "steps": steps})
    parquet.write_table(table, tmp_path / "x.parquet")
    with pyarrow.ipc.new_file(tmp_path / "x.arrow", table.schema) as file:
        file.write_table(table)
    first, second = "2026-01-01T00:00:00.000000001Z", "1970-01-01T00:00:00.000000001Z"
    wanted = [
        {"at": first, "id": "01" * 8, "value": None, "steps": [{"at": second}]},
        {"at": None, "id": None, "value": 1.5, "steps": []},
    ]
    for name in ("x.parquet", "x.arrow"):
        assert list(map(json.loads, lines(output(tmp_path / name)))) == wanted
        assert json.loads(output("--schema", tmp_path / name))["value"] == "double"


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_damaged_tables_are_told(name: str, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    magic = b"PAR1" if name == "x.parquet" else b"ARROW1\0\0"
    (tmp_path / name).write_bytes(magic + bytes(100))
    done = read(tmp_path / name)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"error: {tmp_path}/{name}: ")


def test_records_of_several_files_are_counted_together(written: Path) -> None:
    files = sorted(written.glob("*.leb128"))
    # 200 spans, 72 points and 60 log records, twice.
    assert output("--count", *files) == b"664\n"
    assert output("--count", "--limit", "7", *files) == b"7\n"


def test_a_limit_holds_for_all_files_together(written: Path) -> None:
    first = written / "telemetry_events_0001.leb128"
    rest = written / "telemetry_logs_0001.leb128"
    count = output(first).count(b"\n")
    assert output("--limit", str(count + 1), first, rest).splitlines() == [
        *output(first).splitlines(),
        output(rest).splitlines()[0],
    ]


def test_standard_input_is_read(written: Path) -> None:
    with (written / "telemetry_logs_0001.bitpacked.zst").open("rb") as file:
        found = subprocess.check_output(sender_command("read", "-"), stdin=file)
    assert found == (written / "telemetry_logs_0001.ndjson").read_bytes()


def test_a_reader_that_has_enough_ends_it_without_a_word(written: Path) -> None:
    files = [written / "telemetry_traces_0001.leb128"] * 20
    with subprocess.Popen(
        sender_command("read", *files), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"timestamp":')
        process.stdout.close()
        assert process.stderr.read() == b""


def test_what_stands_before_damage_is_printed(written: Path, tmp_path: Path) -> None:
    whole = (written / "telemetry_logs_0001.leb128").read_bytes()
    (tmp_path / "cut.leb128").write_bytes(whole[:-10])
    done = read(tmp_path / "cut.leb128")
    wanted = (written / "telemetry_logs_0001.ndjson").read_bytes().splitlines()
    assert done.stdout.splitlines() == wanted[:-1]
    assert done.returncode == 2
    assert done.stderr.decode() == (
        f"error: {tmp_path}/cut.leb128: byte {len(whole) - 10:,}: the file ends inside a record; "
        "what stands before it is sound; write or copy the file again\n"
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("missing.leb128",), "missing.leb128: no such file or directory"),
        (("/",), "/: is a directory"),
        (("--format", "leb128", os.devnull), "/dev/null: byte 0: a file of this format begins"),
        (("--schema", "--count", "x"), "--schema: prints no records"),
        ((), "Missing argument 'FILE...'"),
        (("--format", "xml", "x"), "'xml' is not one of 'leb128'"),
        (("--signal", "spans", "x"), "'spans' is not one of 'traces'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: Sequence[str], problem: str) -> None:
    done = read(*arguments)
    assert done.returncode == 2
    assert problem in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["leb128", "bitpacked"])
def test_memory_does_not_grow_with_the_file(name: str, tmp_path: Path) -> None:
    """A file that is more than twice as long as any record may be, compressed."""
    records = b"".join(binary_records(tmp_path, name, Signal.TRACES))
    compressor = zstandard.ZstdCompressor().compressobj()
    repeats = 2 * MOST_BYTES // len(records) + 1
    with (tmp_path / "long").open("wb") as file:
        file.write(compressor.compress(HEADERS[name]("traces")))
        for _ in range(repeats):
            file.write(compressor.compress(records))
        file.write(compressor.flush())
    assert _peak_bytes("--count", tmp_path / "long") < _peak_bytes("--help") + (64 << 20)


def _peak_bytes(*arguments: str | Path) -> int:
    """Return the most memory that a command had resident."""
    process = subprocess.Popen(sender_command("read", *arguments), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss * 1024
