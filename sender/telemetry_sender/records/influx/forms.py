"""How values that change are written in line protocol."""

import numpy as np

from telemetry_sender.records.forms import Form
from telemetry_sender.records.influx.text import MOST_INTEGER
from telemetry_sender.records.text_forms import NANOS, UNSIGNED

MOST_TIME = MOST_INTEGER - 1
"""The latest time that InfluxDB takes, in Unix nanoseconds: in the year 2262."""

TIMESTAMP = Form(
    "TIMESTAMP",
    NANOS.width,
    lambda words: NANOS.cells(np.minimum(words, np.uint64(MOST_TIME))),
    text=lambda value: b"%d" % min(value, MOST_TIME),
)
"""Unix nanoseconds; later ones become the latest."""

COUNT = Form(
    "COUNT",
    UNSIGNED.width,
    lambda words: UNSIGNED.cells(np.minimum(words, np.uint64(MOST_INTEGER))),
    is_padded=True,
    text=lambda value: b"%d" % min(value, MOST_INTEGER),
)
"""An integer without a sign; one beyond those of InfluxDB becomes their largest."""
