"""Runs of records: cutting and joining never cuts a record."""

from hypothesis import given
from hypothesis import strategies as st

from numbered_records import records_of
from telemetry_sender.config.files import Compression
from telemetry_sender.files.chunk import chunk_of
from telemetry_sender.files.codec import make_codec
from telemetry_sender.files.fitting import most_fitting
from telemetry_sender.files.gathered import Gathered

texts = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=30)


@given(texts, st.data())
def test_a_chunk_is_split_between_records(records: list[bytes], data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(records)))
    head, tail = chunk_of(records_of(records)).split(count)
    assert bytes(head.data) == b"".join(records[:count])
    assert bytes(tail.data) == b"".join(records[count:])
    assert (head.events, tail.events) == (count, len(records) - count)
    assert tail.ends.tolist() == records_of(records[count:]).ends.tolist()


@given(texts, st.integers(1, 1500))
def test_it_takes_no_fewer_records_than_make_the_size(records: list[bytes], size: int) -> None:
    count = chunk_of(records_of(records)).until(size)
    assert len(b"".join(records[: count - 1])) < size
    assert count == len(records) or len(b"".join(records[:count])) >= size


@given(st.lists(texts, min_size=1, max_size=5), st.data())
def test_what_is_gathered_is_split_between_records(
    batches: list[list[bytes]], data: st.DataObject
) -> None:
    whole = Gathered([chunk_of(records_of(batch, time=n)) for n, batch in enumerate(batches)])
    records = [record for batch in batches for record in batch]
    count = data.draw(st.integers(0, len(records)))
    before, after = whole.split(count)
    for part, expected in ((before, records[:count]), (after, records[count:])):
        assert (part.records, part.events) == (len(expected), len(expected))
        assert part.bytes == len(b"".join(expected))
        if expected:
            joined, ends = part.joined()
            assert bytes(joined) == b"".join(expected)
            assert ends.tolist() == records_of(expected).ends.tolist()


@given(st.lists(texts, min_size=2, max_size=5))
def test_what_is_left_is_of_the_batch_that_its_first_record_is_of(
    batches: list[list[bytes]],
) -> None:
    whole = Gathered([chunk_of(records_of(batch, time=n)) for n, batch in enumerate(batches)])
    assert whole.split(len(batches[0]) - 1)[1].time == 0
    assert whole.split(len(batches[0]))[1].time == 1


@given(texts, st.integers(0, 1500))
def test_as_many_records_fit_as_there_is_room_for(records: list[bytes], room: int) -> None:
    run = records_of(records)
    count, packed = most_fitting(run.data, run.ends, bytes, room=room, size=len(run.data))
    fitting = [n for n in range(len(records)) if len(b"".join(records[:n])) <= room]
    assert count == max(fitting)
    assert packed == b"".join(records[:count])


@given(texts, st.integers(0, 600))
def test_compressed_records_fit_and_one_more_would_not(records: list[bytes], room: int) -> None:
    run = records_of(records)
    pack = make_codec(Compression.GZIP).pack
    count, packed = most_fitting(run.data, run.ends, pack, room=room, size=len(pack(run.data)))
    assert len(packed) <= room
    assert packed == (pack(run.data[: run.ends[count - 1]]) if count else b"")
    assert count == len(records) - 1 or len(pack(run.data[: run.ends[count]])) > room
