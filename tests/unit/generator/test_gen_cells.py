"""Rows of wire format decode to the messages that the protobuf classes would have written."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import ScopeSpans, Span

from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    fixed64_tag,
    fold,
    join,
    length_tag,
    varint,
    varints,
)

WORDS = st.integers(1, (1 << 64) - 1)
NAMES = [b"", b"a", b"GET /users", b"x" * 130, b"y" * 20_000]
SPANS = st.lists(
    st.tuples(WORDS, WORDS, WORDS, st.integers(0, 4), st.booleans()), min_size=1, max_size=20
)


def column(rows: list[tuple[int, int, int, int, bool]], at: int) -> np.ndarray:
    return np.array([row[at] for row in rows], np.uint64)


def span_cells(rows: list[tuple[int, int, int, int, bool]]) -> Cells:
    names = Fragments.of([Span(name=name.decode()).SerializeToString() for name in NAMES])
    has_parent = np.array([row[4] for row in rows], np.bool_)
    return join(
        Cells.words(length_tag(1) + b"\x10", column(rows, 0), column(rows, 1)),
        Cells.words(length_tag(2) + b"\x08", column(rows, 2)),
        Cells.words(length_tag(4) + b"\x08", column(rows, 1)).where(has_parent),
        Cells.pick(names, column(rows, 3).astype(np.int64)),
        Cells.words(fixed64_tag(7), column(rows, 2)),
    )


def expected(row: tuple[int, int, int, int, bool]) -> Span:
    high, low, span, name, has_parent = row
    return Span(
        trace_id=high.to_bytes(8, "little") + low.to_bytes(8, "little"),
        span_id=span.to_bytes(8, "little"),
        parent_span_id=low.to_bytes(8, "little") if has_parent else b"",
        name=NAMES[name].decode(),
        start_time_unix_nano=span,
    )


@given(SPANS)
def test_rows_are_the_messages(rows: list[tuple[int, int, int, int, bool]]) -> None:
    data, starts = span_cells(rows).render()
    decoded = [Span.FromString(data[a:b]) for a, b in pairwise(starts)]
    assert decoded == [expected(row) for row in rows]


@given(SPANS, st.data())
def test_folded_rows_are_repeated_fields(
    rows: list[tuple[int, int, int, int, bool]], data: st.DataObject
) -> None:
    owner = st.integers(0, 5)
    owners = np.array(sorted(data.draw(st.lists(owner, min_size=len(rows), max_size=len(rows)))))
    scopes, starts = fold(span_cells(rows).embed(2), owners, 6).render()
    for number in range(6):
        scope = ScopeSpans.FromString(scopes[starts[number] : starts[number + 1]])
        wanted = [expected(row) for row, of in zip(rows, owners, strict=True) if of == number]
        assert list(scope.spans) == wanted


def test_rows_left_out_take_no_bytes_and_keep_the_places_of_the_rest() -> None:
    values = np.arange(1, 5, dtype=np.uint64)
    some = Cells.words(b"ab", values).where(np.array([True, False, False, True]))
    fewer = join(some, Cells.constant(4, b"|")).where(np.array([True, True, False, True]))
    data, starts = fewer.render()
    assert data == b"ab\1\0\0\0\0\0\0\0|" + b"|" + b"ab\4\0\0\0\0\0\0\0|"
    assert starts.tolist() == [0, 11, 12, 12, 23]


def test_holes_are_filled_where_a_fragment_has_them() -> None:
    table = Fragments.of([b"/users/________/x", b"/health"], {"id": [7, -1]})
    words = np.frombuffer(b"1234567890abcdef87654321", "<u8").astype(np.uint64)
    data, _ = Cells.pick(table, np.array([0, 1, 0]), {"id": words}).render()
    assert data == b"/users/12345678/x" + b"/health" + b"/users/87654321/x"


def test_no_rows_are_no_bytes() -> None:
    data, starts = fold(span_cells([]).embed(2), np.empty(0, np.int64), 0).render()
    assert (data, starts.tolist()) == (b"", [0])


@given(st.lists(st.integers(0, (1 << 62) - 1), min_size=1))
def test_varints_of_any_size(values: list[int]) -> None:
    data, _ = varints(np.array(values)).render()
    assert data == b"".join(varint(value) for value in values)
