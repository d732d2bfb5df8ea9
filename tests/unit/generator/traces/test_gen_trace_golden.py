"""Fingerprints: the same configuration and seed give the same spans on every machine, for ever."""

import hashlib
from dataclasses import fields
from typing import Any

import pytest

from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology
from trace_world import CHAIN, SHOP, factory


def digest(table: SpanTable) -> str:
    state = hashlib.sha256()
    for owner in (table, table.links, table.events):
        for each in fields(owner):
            column = getattr(owner, each.name)
            if each.name not in ("links", "events", "cut"):
                state.update(column.astype(column.dtype.newbyteorder("<")).tobytes())
    return state.hexdigest()[:16]


OPTIONS = {
    "errors": {"rate": 5},
    "links": {},
    "events": {},
    "sampling": {"percentage": 10},
    "root": {"rootless": {"enabled": True}, "late_root": {"enabled": True}},
}


@pytest.mark.parametrize(
    ("topology", "config", "expected"),
    [
        (SHOP, {}, "8778141cede62603"),
        (SHOP, OPTIONS, "db8ec3b035069f9c"),
        (CHAIN, {"spans": {"avg_per_trace": 300, "std_dev": 80}}, "9081c8bff7fc6c46"),
    ],
)
def test_the_fingerprint_stays(topology: Topology, config: dict[str, Any], expected: str) -> None:
    """A change of it is a change of every generated set: say so in the changelog."""
    assert digest(factory(topology, seed=42, **config).table(7, 60)) == expected


def test_another_seed_gives_other_spans() -> None:
    tables = [factory(seed=seed).table(0, 10) for seed in (1, 2)]
    assert digest(tables[0]) != digest(tables[1])
