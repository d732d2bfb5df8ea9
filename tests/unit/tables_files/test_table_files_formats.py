"""What is in Parquet and Arrow files beside the rows, as their options say."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from local_sinks import FilesOfARun, local_sink, writes_of
from table_files import read
from telemetry_common.errors import ConfigError

EVERY_COMPRESSION = [
    ("parquet", each) for each in ("zstd", "snappy", "gzip", "lz4", "none")
] + [("arrow", each) for each in ("none", "lz4", "zstd")]  # fmt: skip


async def spans(name: str, directory: Path, passes: int = 2, **options: Any) -> Path:
    """Write a run; return the file of spans."""
    sink = local_sink(name, directory, **options)
    await written(sink, passes)
    return file_of_spans(directory)


def file_of_spans(directory: Path) -> Path:
    (path,) = directory.glob("*traces*")
    return path


async def written(sink: FilesOfARun, passes: int) -> None:
    await sink.open()
    for each in writes_of(sink, passes):
        assert (await sink.write(each.signal, each.payload)).ok
    assert not (await sink.finish()).problem
    await sink.close()


def column(path: Path, name: str, group: int = 0) -> pq.ColumnChunkMetaData:
    rows = pq.read_metadata(path).row_group(group)
    names = [rows.column(at).path_in_schema for at in range(rows.num_columns)]
    return rows.column(names.index(name))


async def test_row_groups_have_the_rows_that_they_may_have(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path, passes=3, row_group=250)
    metadata = pq.read_metadata(path)
    groups = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
    assert groups == [250, 250, 100]
    assert metadata.num_rows == 600


async def test_each_distinct_text_is_written_once_in_a_row_group(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path)
    for name in ("service", "name", "attributes", "resource", "events.list.element.name"):
        assert column(path, name).has_dictionary_page, name
    for name in ("span_id", "timestamp", "duration_ns"):
        assert not column(path, name).has_dictionary_page, name


async def test_dictionaries_can_be_left_out(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path, dictionaries=False)
    assert not column(path, "service").has_dictionary_page
    assert read(path).column("service").null_count == 0


async def test_statistics_tell_what_a_row_group_has(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path, row_group=250)
    for group in range(2):
        statistics = column(path, "timestamp", group).statistics
        times = pq.ParquetFile(path).read_row_group(group).column("timestamp").to_pylist()
        assert (statistics.min, statistics.max) == (min(times), max(times))
    assert column(path, "service").is_stats_set
    assert not column(path, "span_id").is_stats_set
    assert not column(path, "attributes").is_stats_set


async def test_statistics_can_be_left_out(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path, statistics=False)
    assert not column(path, "timestamp").is_stats_set


@pytest.mark.parametrize(("name", "compression"), EVERY_COMPRESSION)
async def test_every_compression_keeps_the_rows(
    name: str, compression: str, tmp_path: Path
) -> None:
    plain = await spans(name, tmp_path / "plain", compression="none")
    packed = await spans(name, tmp_path / "packed", compression=compression)
    assert read(packed).equals(read(plain))
    if name == "parquet":
        found = column(packed, "span_id").compression.lower()
        assert found == {"none": "uncompressed"}.get(compression, compression)
    if compression != "none":
        assert packed.stat().st_size < plain.stat().st_size


@pytest.mark.parametrize(("name", "compression"), [("parquet", "gzip"), ("arrow", "zstd")])
async def test_a_higher_level_packs_no_worse(name: str, compression: str, tmp_path: Path) -> None:
    sizes = []
    for level in (1, 9):
        folder = tmp_path / str(level)
        path = await spans(name, folder, compression=compression, level=level)
        sizes.append(path.stat().st_size)
    assert sizes[1] <= sizes[0]


async def test_arrow_files_can_be_mapped_into_memory(tmp_path: Path) -> None:
    path = await spans("arrow", tmp_path, row_group=150)
    with pa.memory_map(str(path)) as source, pa.ipc.open_file(source) as file:
        assert [file.get_batch(at).num_rows for at in range(3)] == [150, 150, 100]
        before = pa.total_allocated_bytes()
        table = file.read_all()
        assert table.num_rows == 400
        # Nulls of dictionaries are unpacked; the columns are not.
        assert pa.total_allocated_bytes() - before < table.nbytes / 4


async def test_arrow_streams_are_read_from_front_to_back(tmp_path: Path) -> None:
    stream = await spans("arrow", tmp_path / "a", stream=True)
    assert stream.name == "telemetry_traces_0001.arrows"
    file = await spans("arrow", tmp_path / "b")
    assert read(stream).equals(read(file))


async def test_both_formats_hold_the_same_tables(tmp_path: Path) -> None:
    arrow = await spans("arrow", tmp_path / "a", row_group=170)
    parquet = await spans("parquet", tmp_path / "b")
    assert read(arrow).to_pylist() == read(parquet).to_pylist()


async def test_ids_can_be_their_bytes(tmp_path: Path) -> None:
    hexes = await spans("parquet", tmp_path / "a")
    binary = await spans("parquet", tmp_path / "b", ids="binary")
    ids = read(binary).column("trace_id")
    assert ids.type == pa.binary(16)
    assert [each.hex() for each in ids.to_pylist()] == read(hexes).column("trace_id").to_pylist()


async def test_attributes_can_have_columns(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path, columns=["http.route"])
    assert "http.route" in read(path).schema.names
    assert column(path, "http.route").has_dictionary_page


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("parquet", {"compression": "zip"}, "compression"),
        ("parquet", {"compression": "snappy", "level": 3}, "has no effect on snappy"),
        ("parquet", {"compression": "gzip", "level": 10}, "gzip has the levels 1 to 9"),
        ("parquet", {"level": 23}, "level"),
        ("parquet", {"stream": True}, "stream"),
        ("arrow", {"level": 3}, "has no effect on none"),
        ("arrow", {"compression": "lz4", "level": 3}, "has no effect on lz4"),
        ("arrow", {"compression": "gzip"}, "compression"),
        ("arrow", {"row_group": 0}, "row_group"),
        ("arrow", {"ids": "octal"}, "ids"),
        ("parquet", {"columns": ["name"]}, "has a column 'name' already"),
        ("parquet", {"columns": ["date"], "partition_by": ["date"]}, "part of the time"),
    ],
)
def test_what_cannot_be_or_has_no_effect_is_refused(
    name: str, options: dict[str, Any], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=problem):
        local_sink(name, tmp_path, **options)


async def test_whole_numbers_are_written_as_differences(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path)
    for name in ("timestamp", "end_time", "duration_ns", "flags"):
        assert "DELTA_BINARY_PACKED" in column(path, name).encodings, name


async def test_digits_of_span_ids_are_apart_from_their_lengths(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path)
    assert "DELTA_LENGTH_BYTE_ARRAY" in column(path, "span_id").encodings
    assert "PLAIN" in column(path, "trace_id").encodings


async def test_binary_span_ids_are_plain(tmp_path: Path) -> None:
    path = await spans("parquet", tmp_path, ids="binary")
    assert "PLAIN" in column(path, "span_id").encodings
