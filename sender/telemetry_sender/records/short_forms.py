"""A form for small integers, as counts of buckets are: faster to write, with less to take out.

What a value grows by in a pass is never more than the template's own value, so one that is small
there has room for more passes than a run has.
"""

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.records.forms import Form
from telemetry_sender.records.text_forms import UNSIGNED
from telemetry_sender.text.digits import Cells, short

_MOST_SMALL = 1_000_000
"""Template values below this one outgrow their field after 10^10 passes."""
_WIDTH = 16
_SHORT_WIDTH = 8


def unsigned_form(value: int, otherwise: Form = UNSIGNED) -> Form:
    """Return the form for an integer without a sign whose template value this is."""
    return SHORT_UNSIGNED if value < _MOST_SMALL else otherwise


def _cells(values: NDArray[np.uint64]) -> Cells | None:
    most = int(values.max())
    if most >= 10**_WIDTH:
        return None
    if most >= 10**_SHORT_WIDTH:
        cells = UNSIGNED.cells(values)
        assert cells is not None, "there is room for every integer"
        return cells[:, :_WIDTH]
    narrow: Cells = np.zeros((len(values), _WIDTH), np.uint8)
    narrow[:, :_SHORT_WIDTH].view(np.uint64)[:, 0] = short(values)
    return narrow


SHORT_UNSIGNED = Form(
    "SHORT_UNSIGNED", _WIDTH, _cells, is_padded=True, text=lambda value: b"%d" % value
)
"""An integer without a sign below 10^16."""
