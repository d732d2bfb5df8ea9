"""What other packages may register as extensions, good and bad; paths are in the current folder."""

from pathlib import Path

import numpy as np

from numbered_chunks import numbered
from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Fragments
from telemetry_generator.extensions import Extension
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology


class Claims:
    """Gives spans nothing, but claims keys: one of the documented example, and two of options."""

    keys = frozenset({"app.store.number", "app.cart.segment", "custom.fat.2"})

    def column(self, table: SpanTable, _: Topology) -> tuple[Fragments, I64]:
        return Fragments.of([b""]), np.zeros(len(table), np.int64)


CLAIMS = Extension(span_attributes=[Claims()])
METRICS = Extension(metric_catalogues=[Path("metrics.yaml")])
LOGS = Extension(log_patterns=[Path("patterns.yaml")])
TRACES = Extension(sources=lambda _: numbered(4))
NO_EXTENSION = {"metric_catalogues": [Path("metrics.yaml")]}
