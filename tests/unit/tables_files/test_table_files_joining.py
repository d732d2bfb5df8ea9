"""Batches are put together, and texts left out that no row has; the rows stay what they are."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from table_files import Texts
from telemetry_sender.tables.files.joining import compacted, joined, text_bytes

counts = st.lists(st.integers(1, 20), min_size=1, max_size=6)


def batches_of(lengths: list[int], texts: Texts) -> list[pa.RecordBatch]:
    """Return consecutive rows, each batch a part of a longer one."""
    made, first = [], 0
    for count in lengths:
        made.append(texts.rows(first, count + 5).batch.slice(0, count))
        first += count
    return made


@given(counts)
def test_rows_stay_what_they_are(lengths: list[int]) -> None:
    batches = batches_of(lengths, Texts(50))
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert joined(batches).to_pylist() == rows
    assert compacted(joined(batches)).to_pylist() == rows


@given(counts)
def test_only_the_texts_of_rows_stay(lengths: list[int]) -> None:
    whole = joined(batches_of(lengths, Texts(200)))
    column = compacted(whole).column("service")
    used = [text for text in whole.column("service").to_pylist() if text is not None]
    assert column.dictionary.to_pylist() == sorted(set(used))


def test_joined_rows_share_the_texts_of_their_batches() -> None:
    texts = Texts()
    column = joined(batches_of([3, 4], texts)).column("service")
    assert column.dictionary.buffers()[2].address == texts.array.buffers()[2].address


def test_batches_of_different_texts_can_be_joined() -> None:
    one, other = Texts(5).rows(0, 9).batch, Texts(9).rows(9, 9).batch
    assert joined([one, other]).to_pylist() == one.to_pylist() + other.to_pylist()


def test_a_column_without_any_text_stays_empty() -> None:
    batch = pa.RecordBatch.from_arrays(
        [pa.array([None, None], pa.dictionary(pa.int32(), pa.string()))], names=["a"]
    )
    assert compacted(batch).to_pylist() == batch.to_pylist()


def test_texts_are_counted_where_they_are() -> None:
    """Once for the column, and once for what is in its lists."""
    texts = Texts(100, width=10)
    assert text_bytes(texts.rows(0, 3).batch) == 2 * texts.array.nbytes
