"""Columns of text and of attributes hold what was put in."""

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.planning.words import view_words
from telemetry_sender.tables.columns import spots, static
from telemetry_sender.tables.columns.base import Source, StampedRows
from telemetry_sender.tables.columns.promoted import AttributeBuilder
from telemetry_sender.tables.columns.static import TextBuilder

TEXTS = st.one_of(
    st.none(),
    st.text(max_size=3),
    st.integers(0, 5).map(lambda number: "long " * 20 + str(number)),
)
NOTHING = StampedRows(view_words(b"", 0), np.empty(0, np.int64))


def whole(source: Source, rows: int) -> pa.Array:
    return source.array(NOTHING, slice(0, rows))


@given(parts=st.lists(st.lists(TEXTS, max_size=8), max_size=5), recent=st.integers(1, 4))
def test_each_distinct_text_is_there_once(parts: list[list[str | None]], recent: int) -> None:
    """In the order in which they first come, however few are remembered."""
    builder = TextBuilder(lambda text: text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static, "_RECENT", recent)
        for part in parts:
            builder.add(part, ())
    texts = [text for part in parts for text in part]
    column = whole(builder.finish(), len(texts))
    assert column.to_pylist() == texts
    distinct = dict.fromkeys(text for text in texts if text is not None)
    assert column.dictionary.to_pylist() == list(distinct)


@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(1, 4))
def test_a_column_is_repeated_with_the_same_dictionary(texts: list[str | None], times: int) -> None:
    builder = TextBuilder(lambda text: text)
    builder.add(texts, ())
    source = builder.finish()
    repeated = whole(source.repeated(times), times * len(texts))
    assert repeated.to_pylist() == texts * times
    assert repeated.dictionary.equals(whole(source, len(texts)).dictionary)


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        ([True, None, False], pa.bool_(), [True, None, False]),
        ([1, -(2**63), None], pa.int64(), [1, -(2**63), None]),
        ([1, 2.5, None], pa.float64(), [1.0, 2.5, None]),
        ([math.inf, None], pa.float64(), [math.inf, None]),
        ([1, True], static.TEXT, ["1", "true"]),
        (["a", 1, None], static.TEXT, ["a", "1", None]),
        ([("a", 1), {"b": 2.0}], static.TEXT, ['["a",1]', '{"b":2.0}']),
        ([b"\0\1", "x"], static.TEXT, ["AAE=", "x"]),
        ([None, None], static.TEXT, [None, None]),
    ],
)
def test_an_attribute_has_the_type_that_fits_all_its_values(
    values: list[Any], type_: pa.DataType, expected: list[Any]
) -> None:
    builder = AttributeBuilder("key")
    events = [event({} if value is None else {"key": value}, {}) for value in values]
    builder.add(events, ())
    column = builder.finish()
    assert column.type == type_
    assert whole(column, len(values)).to_pylist() == expected


def test_an_attribute_of_the_event_comes_before_that_of_its_resource() -> None:
    builder = AttributeBuilder("key")
    builder.add([event({"key": "own"}, {"key": "its"}), event({}, {"key": "its"})], ())
    assert whole(builder.finish(), 2).to_pylist() == ["own", "its"]


def event(attributes: dict[str, Any], of_resource: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(attributes=attributes, resource=SimpleNamespace(attributes=of_resource))


@given(st.lists(st.one_of(st.none(), st.integers(0, 2**64 - 1)), max_size=20))
def test_an_instant_that_arrow_has_no_number_for_is_null(nanos: list[int | None]) -> None:
    words = np.array([each or 0 for each in nanos], np.uint64)
    present = np.array([each is not None for each in nanos], np.bool_)
    column = spots.instants(words, spots.TIME, present)
    column.validate(full=True)
    fitting = [each if each is not None and each < 2**63 else None for each in nanos]
    assert column.cast(pa.int64()).to_pylist() == fitting
    plain = spots.instants(words, spots.TIME, None)
    assert plain.null_count == sum(each >= 2**63 for each in words.tolist())
