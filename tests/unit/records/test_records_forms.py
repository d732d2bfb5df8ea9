"""Values that change are written as Python would write each of them alone."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.records.forms import PAD, Form
from telemetry_sender.records.text_forms import (
    COUNTER,
    HEX16,
    HEX32,
    ISO_OFFSET,
    ISO_Z,
    JSON_REAL,
    MILLIS,
    NANOS,
    REAL,
    SIGNED,
    UNSIGNED,
)

LEAST, MOST = 10**18, 10**19 - 1
"""The Unix nanoseconds of 19 digits."""
words = st.integers(0, 2**64 - 1)
edges = st.integers(1, 19).flatmap(lambda e: st.sampled_from([10**e - 1, 10**e]))
unsigned_words = st.one_of(words, edges, st.sampled_from([0, 2**63, 2**64 - 1]))
signed_words = st.one_of(st.integers(-(2**63), 2**63 - 1), edges.map(lambda value: -value // 2))
instants = st.integers(LEAST, MOST)


def written(form: Form, values: Sequence[int | float | bytes]) -> list[str]:
    """Return the fields of all values at once, without padding; each has the form's width."""
    if form.is_wide:
        raw: Any = np.frombuffer(b"".join(values), np.complex128)  # type: ignore[arg-type]
    elif values and isinstance(values[0], float):
        raw = np.array(values, np.float64).view(np.uint64)
    else:
        raw = np.array([int(value) % 2**64 for value in values], np.uint64)
    cells = form.cells(raw)
    assert cells is not None
    assert cells.shape == (len(values), form.width)
    fields = [row.tobytes() for row in cells]
    if not form.is_padded:
        assert not any(PAD in field for field in fields)
    return [field.rstrip(PAD).decode() for field in fields]


def iso(nanos: int, zone: str) -> str:
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=nanos // 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f") + zone


def iso_z(nanos: int) -> str:
    return iso(nanos, "Z")


def iso_offset(nanos: int) -> str:
    return iso(nanos, "+00:00")


CASES: list[tuple[Form, Any, Callable[[Any], str]]] = [
    (NANOS, instants, str),
    (MILLIS, instants, lambda value: str(value // 10**6)),
    (ISO_Z, words, iso_z),
    (ISO_OFFSET, words, iso_offset),
    (UNSIGNED, unsigned_words, str),
    (SIGNED, signed_words, str),
    (COUNTER, unsigned_words, str),
    (REAL, st.floats(allow_nan=False, allow_infinity=False), repr),
    (JSON_REAL, st.floats(), lambda value: repr(value) if math.isfinite(value) else "null"),
    (HEX32, st.binary(min_size=16, max_size=16), bytes.hex),
]


@pytest.mark.parametrize(
    ("form", "values", "text"), CASES, ids=lambda case: getattr(case, "name", "")
)
@given(data=st.data())
def test_a_column_is_written_as_its_values_are_one_by_one(
    form: Form, values: st.SearchStrategy[Any], text: Callable[[Any], str], data: st.DataObject
) -> None:
    """And a value that does not change is written as one that does."""
    column = data.draw(st.lists(values, min_size=1, max_size=20))
    assert written(form, column) == [text(value) for value in column]
    assert [form.static(value).decode() for value in column] == [text(value) for value in column]


@given(st.lists(st.binary(min_size=8, max_size=8), min_size=1))
def test_ids_of_eight_bytes_are_hexadecimal(ids: list[bytes]) -> None:
    cells = HEX16.cells(np.frombuffer(b"".join(ids), np.uint64))
    assert cells is not None
    assert [row.tobytes().decode() for row in cells] == [value.hex() for value in ids]


@given(st.lists(words, min_size=1, max_size=20), st.integers(0, 10))
def test_instants_of_many_days_and_of_one_are_the_same(days: list[int], repeated: int) -> None:
    """Whether dates come from a table or are found one by one."""
    column = days + days[:1] * repeated
    assert written(ISO_Z, column) == [iso_z(value) for value in column]


@pytest.mark.parametrize("form", [NANOS, MILLIS])
@pytest.mark.parametrize("value", [0, 1, LEAST - 1, MOST + 1, 2**64 - 1])
def test_times_of_other_ages_have_no_field_but_a_text(form: Form, value: int) -> None:
    """A layout without that field is made then, of what the value is."""
    assert form.cells(np.array([LEAST, value], np.uint64)) is None
    divisor = {NANOS: 1, MILLIS: 10**6}[form]
    assert form.static(value) == b"%d" % (value // divisor)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_has_no_place_outside_json(value: float) -> None:
    assert REAL.cells(np.array([1.0, value]).view(np.uint64)) is None
    with pytest.raises(ValueError, match="is no number"):
        REAL.static(value)
    assert JSON_REAL.static(value) == b"null"


def test_a_form_without_a_text_of_its_own_writes_one_value_as_it_writes_many() -> None:
    """As forms have that are not text; what does not fit is an error."""
    plain = Form("plain", NANOS.width, NANOS.cells)
    assert plain.static(LEAST) == b"%d" % LEAST
    assert Form("padded", UNSIGNED.width, UNSIGNED.cells, is_padded=True).static(7) == b"7"
    with pytest.raises(ValueError, match="5 does not fit plain"):
        plain.static(5)
