"""Builds the plan of a template file: one walk over its bytes, then its ids and clocks resolved."""

from collections.abc import Callable

from telemetry_common.planning.identities import Identities
from telemetry_common.planning.layout import LAYOUTS
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.resolve import assemble_plan
from telemetry_common.planning.walk import Walk
from telemetry_common.planning.wire import Bytes
from telemetry_common.signals import Signal

Progress = Callable[[int], None]
"""Called with the number of bytes walked so far."""


def build_plan(
    data: Bytes,
    signal: Signal,
    sha256: str,
    identities: Identities,
    on_progress: Progress = lambda _: None,
) -> Plan:
    """Return the plan of a template file of `signal` whose bytes are `data`, hashed `sha256`.

    Ids are resolved against `identities`; a traces file resolves them against its own spans.
    Raises WireError where the bytes are not protobuf.
    """
    walk = Walk.begin(data, LAYOUTS[signal])
    for resources in walk.open_root():
        walk.descend(resources)
        on_progress(int(resources.end[-1]))
    return assemble_plan(walk, sha256, identities)
