"""Files that are damaged or hostile: they are reported, whatever they hold."""

import tempfile
from pathlib import Path
from random import Random

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from handmade_set import HandmadeSet, write_files
from no_progress import NoProgress
from otlp_samples import sample, unusual
from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_generator.reading import chunks
from telemetry_generator.validation import Findings, Kind, validate_set


def findings_of(directory: Path) -> Findings:
    return validate_set(directory, NoProgress())


def _written(directory: Path, files: dict[Signal, bytes]) -> Path:
    write_files(directory, files, {each: {"resources": 0, "events": 0} for each in files})
    return directory


@pytest.fixture
def hand(tmp_path: Path) -> Path:
    return HandmadeSet().write(tmp_path)


def test_a_missing_file_is_found(hand: Path) -> None:
    (hand / "hand-logs.pb").unlink()
    found = findings_of(hand)
    assert found.counts[Kind.FILE] == 1
    assert {file.signal for file in found.files} == set(Signal)


def test_an_empty_file_is_found(hand: Path) -> None:
    (hand / "hand-metrics.pb").write_bytes(b"")
    assert findings_of(hand).counts[Kind.FILE] == 1


def test_a_file_cut_short_is_found_at_the_message_that_is_cut(hand: Path) -> None:
    path = hand / "hand-traces.pb"
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    found = findings_of(hand)
    assert found.counts[Kind.SIZE] == 1
    (damage,) = [each for each in found.shown if each.kind is Kind.DAMAGED]
    last = HandmadeSet().traces.resource_spans[-1]
    begin = len(data) - last.ByteSize() - 3
    assert damage.place == f"byte {begin:,}"
    assert damage.problem == "ends inside a message"


def test_the_rest_of_a_file_is_read_behind_a_message_that_is_not_otlp(hand: Path) -> None:
    path = hand / "hand-logs.pb"
    data = path.read_bytes()
    path.write_bytes(b"\x0a\x02\xff\xff" + data)
    found = findings_of(hand)
    assert found.counts[Kind.DAMAGED] == 1
    (damage,) = [each for each in found.shown if each.kind is Kind.DAMAGED]
    assert damage.place == "byte 0"


def test_one_changed_byte_is_found_by_the_hash(hand: Path) -> None:
    path = hand / "hand-logs.pb"
    path.write_bytes(path.read_bytes().replace(b"disk checked", b"disk chEcked"))
    assert findings_of(hand).counts == {Kind.HASH: 1}


def test_a_manifest_cannot_lead_out_of_its_directory(hand: Path, tmp_path: Path) -> None:
    manifest = hand / "hand-metadata.yaml"
    manifest.write_text(manifest.read_text().replace("hand-logs.pb", "../hand-logs.pb"))
    found = findings_of(hand)
    (finding,) = [each for each in found.shown if each.kind is Kind.FILE]
    assert finding.problem == "not the name of a file"
    assert tmp_path


def test_a_broken_manifest_is_the_users_mistake(hand: Path) -> None:
    (hand / "hand-metadata.yaml").write_text("format_version: [")
    with pytest.raises(TemplateError, match="not valid YAML"):
        findings_of(hand)


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.metric("gc.pause").name = "\x1b[31mred\nline"
    hand.metric("\x1b[31mred\nline").summary.data_points[0].time_unix_nano = 0
    found = findings_of(hand.write(tmp_path))
    assert all(each.place.isprintable() for each in found.shown)
    assert found.counts[Kind.TIME] == 1


def test_a_compressed_file_is_checked_like_a_plain_one(hand: Path) -> None:
    data = (hand / "hand-logs.pb").read_bytes()
    packed = zstandard.compress(data)
    (hand / "hand-logs.pb").unlink()
    (hand / "hand-logs.pb.zst").write_bytes(packed)
    manifest = hand / "hand-metadata.yaml"
    text = manifest.read_text().replace("hand-logs.pb", "hand-logs.pb.zst")
    manifest.write_text(text)
    assert findings_of(hand).counts == {Kind.SIZE: 1}, "its size on disk is not in the manifest"
    head, _, logs = text.partition("hand-logs.pb.zst")
    logs = logs.replace("compressed_bytes: 0", f"compressed_bytes: {len(packed)}", 1)
    manifest.write_text(f"{head}hand-logs.pb.zst{logs}")
    assert findings_of(hand).sound


@pytest.mark.parametrize("chunk_bytes", [1, 100, 300, 1 << 20])
def test_chunks_join_to_the_file_whatever_their_size(chunk_bytes: int) -> None:
    data = HandmadeSet().traces.SerializeToString()
    parts = list(chunks.chunks_of(data, chunk_bytes))
    assert b"".join(part.data for part in parts) == data
    assert [part.offset for part in parts] == [0, *[part.end for part in parts[:-1]]]


@given(rng=st.randoms(use_true_random=False), signal=st.sampled_from(Signal))
@settings(max_examples=60)
def test_arbitrary_otlp_is_checked_without_a_crash(rng: Random, signal: Signal) -> None:
    files = {Signal.TRACES: HandmadeSet().traces.SerializeToString()}
    files[signal] = unusual(rng, sample(rng, signal)) or b"\x0a\x00"
    with tempfile.TemporaryDirectory() as directory:
        findings_of(_written(Path(directory), files))


@given(rng=st.randoms(use_true_random=False), signal=st.sampled_from(Signal))
@settings(max_examples=60)
def test_damaged_bytes_are_checked_without_a_crash(rng: Random, signal: Signal) -> None:
    files = {Signal.TRACES: HandmadeSet().traces.SerializeToString()}
    data = bytearray(HandmadeSet().message(signal).SerializeToString())
    for _ in range(rng.randrange(1, 6)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    files[signal] = bytes(data)
    with tempfile.TemporaryDirectory() as directory:
        findings_of(_written(Path(directory), files))


@given(data=st.binary(min_size=1, max_size=200), signal=st.sampled_from(Signal))
def test_any_bytes_are_checked_without_a_crash(data: bytes, signal: Signal) -> None:
    with tempfile.TemporaryDirectory() as directory:
        findings_of(_written(Path(directory), {signal: data}))
