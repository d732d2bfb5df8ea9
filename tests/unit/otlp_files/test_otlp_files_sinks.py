"""The files that the sinks of OTLP requests leave behind, read by programs that are not ours."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core_support import SECOND, START, blocks_of, committed_data, stampers_of
from otlp_messages import decompressed, lines, prefixed
from project_files import ROOT
from sender_results import make_config
from telemetry_common.errors import ConfigError, TemplateError
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.sending.cutting import cut_bounds
from telemetry_sender.sinks import otlp_json, otlp_protobuf
from telemetry_sender.sinks.files import FileSink
from telemetry_sender.sinks.registry import SinkFactory, SinkSetting
from telemetry_sender.sinks.request_limit import request_limits
from template_files import template_of

PASSES = 3
PAGE = (ROOT / "docs" / "otlp-files.md").read_text()
MAKERS: dict[str, SinkFactory] = {
    "otlp_json": otlp_json.make_sink,
    "otlp_protobuf": otlp_protobuf.make_sink,
}
every_sink = pytest.mark.parametrize("name", list(MAKERS))


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[Signal, Template]:
    data = committed_data(Signal)
    return template_of(tmp_path_factory.mktemp("set"), data)


def make(name: str, **options: Any) -> FileSink:
    setting = SinkSetting(make_config(), {}, tuple(Signal), options, place="sinks[1]")
    sink = MAKERS[name](setting)
    assert isinstance(sink, FileSink)
    return sink


async def write(
    templates: dict[Signal, Template], name: str, directory: Path, **options: Any
) -> dict[str, Path]:
    """Write some passes of all signals; return the files by their names."""
    sink = make(name, directory=str(directory), **options)
    await sink.open()
    stampers = stampers_of(templates)
    for signal, template in templates.items():
        encoder = sink.encoding(template)
        for pass_number in range(PASSES):
            for block in blocks_of(template.plan, Limits(20, 1 << 22)):
                now = START + pass_number * SECOND
                stamped = bytes(stampers[signal].stamp(block, pass_number, now))
                delivery = await sink.write(signal, encoder.encode(block, pass_number, stamped))
                assert delivery.ok
    account = await sink.finish()
    await sink.close()
    assert (account.problem, account.lost) == ("", {})
    return {Path(each.path).name: Path(each.path) for each in account.files}


def requests_of(templates: dict[Signal, Template], signal: Signal) -> Iterator[bytes]:
    """Yield the requests that a receiver would have seen."""
    stamper = stampers_of(templates)[signal]
    for pass_number in range(PASSES):
        for block in blocks_of(templates[signal].plan, Limits(20, 1 << 22)):
            yield bytes(stamper.stamp(block, pass_number, START + pass_number * SECOND))


def output_of(*command: str | Path) -> bytes:
    """Return what a program says of a file; skips where it is not installed."""
    if not shutil.which(str(command[0])):
        pytest.skip(f"no {command[0]}")
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize(
    ("name", "options", "ending"),
    [
        ("otlp_json", {}, "jsonl"),
        ("otlp_json", {"compression": "gzip"}, "jsonl.gz"),
        ("otlp_json", {"compression": "zstd"}, "jsonl.zst"),
        ("otlp_json", {"message_compression": "zstd"}, "json.zmsg"),
        ("otlp_protobuf", {}, "pb"),
        ("otlp_protobuf", {"compression": "gzip"}, "pb.gz"),
        ("otlp_protobuf", {"compression": "zstd"}, "pb.zst"),
        ("otlp_protobuf", {"message_compression": "zstd"}, "pb.zmsg"),
    ],
)
async def test_each_signal_has_files_of_its_own(
    templates: dict[Signal, Template],
    tmp_path: Path,
    name: str,
    options: dict[str, str],
    ending: str,
) -> None:
    files = await write(templates, name, tmp_path, **options)
    assert set(files) == {f"telemetry_{signal}_0001.{ending}" for signal in Signal}


async def test_a_protobuf_file_is_the_stamped_requests_behind_their_lengths(
    templates: dict[Signal, Template], tmp_path: Path
) -> None:
    for signal in Signal:
        files = await write(templates, "otlp_protobuf", tmp_path / signal)
        data = files[f"telemetry_{signal}_0001.pb"].read_bytes()
        assert list(prefixed(data)) == list(requests_of(templates, signal))


@every_sink
async def test_each_message_is_compressed_by_itself(
    templates: dict[Signal, Template], tmp_path: Path, name: str
) -> None:
    plain = await write(templates, name, tmp_path / "plain")
    packed = await write(templates, name, tmp_path / "packed", message_compression="zstd")
    split = lines if name == "otlp_json" else prefixed
    for plain_file, packed_file in zip(plain.values(), packed.values(), strict=True):
        expected = list(split(plain_file.read_bytes()))
        assert list(decompressed(packed_file.read_bytes())) == expected


@every_sink
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
async def test_a_file_that_is_compressed_as_a_whole_opens_with_the_usual_program(
    templates: dict[Signal, Template], tmp_path: Path, name: str, compression: str
) -> None:
    plain = await write(templates, name, tmp_path / "plain")
    packed = await write(templates, name, tmp_path / "packed", compression=compression)
    for plain_file, packed_file in zip(plain.values(), packed.values(), strict=True):
        assert output_of(compression, "-dc", packed_file) == plain_file.read_bytes()


@every_sink
async def test_the_same_run_writes_the_same_bytes(
    templates: dict[Signal, Template], tmp_path: Path, name: str
) -> None:
    options = {"message_compression": "zstd", "roll": {"records": 2}}
    first = await write(templates, name, tmp_path / "1", **options)
    second = await write(templates, name, tmp_path / "2", **options)
    assert len(first) > len(Signal)
    contents = {file: path.read_bytes() for file, path in first.items()}
    assert contents == {file: path.read_bytes() for file, path in second.items()}


async def test_jq_reads_the_spans_of_every_line(
    templates: dict[Signal, Template], tmp_path: Path
) -> None:
    files = await write(templates, "otlp_json", tmp_path)
    way = ".resourceSpans[].scopeSpans[].spans[].spanId"
    ids = output_of("jq", "-r", way, files["telemetry_traces_0001.jsonl"]).split()
    assert len(set(ids)) == len(ids) == PASSES * templates[Signal.TRACES].plan.events


async def test_files_roll_between_lines(templates: dict[Signal, Template], tmp_path: Path) -> None:
    whole = await write(templates, "otlp_json", tmp_path / "whole")
    rolled = await write(templates, "otlp_json", tmp_path / "rolled", roll={"size": "30KB"})
    for signal in Signal:
        parts = [path.read_bytes() for name, path in rolled.items() if signal in name]
        assert all(list(lines(part)) for part in parts)
        assert b"".join(parts) == whole[f"telemetry_{signal}_0001.jsonl"].read_bytes()
    assert len(rolled) > len(whole)


async def test_lines_keep_the_limit_that_they_are_given(
    templates: dict[Signal, Template], tmp_path: Path
) -> None:
    """Whatever the blocks of a run are, and blocks are cut for it."""
    (limit,) = request_limits((make("otlp_json", directory=str(tmp_path), max_line="64KB"),))
    assert limit.most_bytes == 65_536
    files = await write(templates, "otlp_json", tmp_path, max_line="64KB")
    for path in files.values():
        assert max(map(len, lines(path.read_bytes()))) <= 65_536


def test_a_line_is_no_longer_than_the_collector_takes(tmp_path: Path) -> None:
    most = request_limits((make("otlp_json", directory=str(tmp_path)),))[0].most_bytes
    assert most is not None
    assert most < 1 << 20


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        (
            "otlp_json",
            {"compression": "gzip", "message_compression": "zstd"},
            r"sinks\[1\]\.options\.message_compression: .* keep one of the two",
        ),
        ("otlp_json", {"max_line": "2"}, r"sinks\[1\]\.options\.max_line"),
        ("otlp_json", {"message_compression": "gzip"}, r"sinks\[1\]\.options\.message_comp"),
        ("otlp_protobuf", {"max_line": "1MB"}, r"sinks\[1\]\.options\.max_line"),
        ("otlp_protobuf", {"compresion": "zstd"}, r"sinks\[1\]\.options\.compresion"),
    ],
)
def test_a_mistake_in_the_options_is_named(
    tmp_path: Path, name: str, options: dict[str, str], error: str
) -> None:
    with pytest.raises(ConfigError, match=error):
        make(name, directory=str(tmp_path), **options)


@every_sink
async def test_a_signal_of_which_nothing_came_has_an_empty_file(tmp_path: Path, name: str) -> None:
    sink = make(name, directory=str(tmp_path))
    await sink.open()
    account = await sink.finish()
    await sink.close()
    assert sorted(file.stream for file in account.files) == sorted(Signal)
    assert {file.bytes for file in account.files} == {0}


async def test_the_readers_of_the_documentation_read_our_files(
    templates: dict[Signal, Template], tmp_path: Path
) -> None:
    readers: dict[str, Any] = {}
    _, _, rest = PAGE.partition("```python\n")
    exec(rest.partition("```")[0], readers)
    requests = list(requests_of(templates, Signal.TRACES))
    files = await write(templates, "otlp_protobuf", tmp_path / "plain")
    assert list(readers["messages"](files["telemetry_traces_0001.pb"])) == requests
    packed = {"message_compression": "zstd"}
    files = await write(templates, "otlp_protobuf", tmp_path / "packed", **packed)
    found = readers["messages"](files["telemetry_traces_0001.pb.zmsg"], compressed=True)
    assert list(found) == requests
    files = await write(templates, "otlp_json", tmp_path / "lines")
    read = list(readers["lines"](files["telemetry_traces_0001.jsonl"]))
    assert [set(line) for line in read] == [{"resourceSpans"}] * len(requests)


def test_an_event_that_no_line_takes_is_refused_before_the_run(
    templates: dict[Signal, Template], tmp_path: Path
) -> None:
    limits = request_limits((make("otlp_json", directory=str(tmp_path), max_line=2_000),))
    of_traces = {Signal.TRACES: templates[Signal.TRACES]}
    with pytest.raises(TemplateError, match=r"sinks\[1\]\.options\.max_line: event 0 .* JSON"):
        cut_bounds(make_config(), of_traces, limits)
