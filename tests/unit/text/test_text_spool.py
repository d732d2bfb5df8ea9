"""Texts are kept with columns that belong to them, whatever their lengths."""

from pathlib import Path
from tempfile import gettempdir

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.text.spool import Spool

columns = st.lists(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5), max_size=4)
texts = st.lists(st.tuples(st.binary(max_size=40), columns), min_size=1, max_size=6)


@given(texts)
def test_texts_come_back_with_their_columns_and_labels(
    kept: list[tuple[bytes, list[list[int]]]],
) -> None:
    """In any order, also after each of them was written to."""
    spool = Spool[str](Path(gettempdir()))
    for number, (text, rows) in enumerate(kept):
        spool.put((number, 0), f"label {number}", text, [np.array(row, np.int64) for row in rows])
    for number in [*range(len(kept)), *reversed(range(len(kept)))]:
        opened = spool.open((number, 0))
        assert opened is not None
        assert opened.label == f"label {number}"
        assert bytes(opened.text) == kept[number][0]
        assert [column.tolist() for column in opened.columns] == kept[number][1]
        opened.text[:] = bytes(len(opened.text))
        for column in opened.columns:
            column[:] = 0


def test_what_was_never_put_there_is_not_there(tmp_path: Path) -> None:
    spool = Spool[str](tmp_path)
    assert spool.open((0, 1)) is None
    spool.put((0, 1), "", b"text", [])
    assert spool.open((0, 2)) is None
