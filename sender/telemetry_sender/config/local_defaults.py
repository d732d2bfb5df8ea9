"""What a run into files alone does where nothing else is said.

It writes as fast as it can, once, and its events happen on a timeline with a fixed start: so the
same seed gives the same bytes.
"""

from collections.abc import Mapping
from typing import Any

from telemetry_sender.config.sinks import LOCAL_SINKS, listed
from telemetry_sender.config.timestamps import LIVE_ONLY

Values = Mapping[str, Any]

START = "2026-01-01T00:00:00Z"
"""When the timeline of files begins."""

BATCH_SIZE = {"traces": 200, "metrics": 5000, "logs": 5000}
"""At full speed: larger batches cost less each event, and nobody waits for an answer."""

_ENDS = ("multiplier", "duration", "size", "shape")


def is_local(values: Values) -> bool:
    """Tell whether a configuration names sinks, and only such as leave files behind."""
    sinks = listed(values.get("sinks"))
    if not isinstance(sinks, list) or not sinks:
        return False
    names = [each.get("name") if isinstance(each, Mapping) else None for each in sinks]
    return all(name in LOCAL_SINKS for name in names)


def with_local_defaults(values: Values) -> Values:
    """Return the whole configuration with the defaults of its sinks where those are all local."""
    timestamps, sending = values.get("timestamps", {}), values.get("sending", {})
    if not (is_local(values) and isinstance(timestamps, Mapping) and isinstance(sending, Mapping)):
        return values
    timestamps = _timestamps(timestamps, streamed=_is_streamed(values.get("input")))
    sending = _sending(sending, follows="speed" in timestamps)
    return {**values, "timestamps": timestamps, "sending": sending}


def _timestamps(given: Values, *, streamed: bool) -> Values:
    """Let events follow the timeline, unless the input cannot, or something else is asked for."""
    live = streamed or any(name in given for name in LIVE_ONLY)
    mode = given.get("mode", "live" if live else "timeline")
    return {"start": START, **given, "mode": mode} if mode == "timeline" else given


def _sending(given: Values, *, follows: bool) -> Values:
    """Send at once, and as much as the set holds; `follows`: the recorded pace is asked for."""
    filled = dict(given)
    limit, batch_size = given.get("rate_limit", {}), given.get("batch_size", {})
    if given.get("shape") is None and not follows and isinstance(limit, Mapping):
        filled["rate_limit"] = {"events_per_second": 0, **limit}
    if isinstance(batch_size, Mapping) and _is_unlimited(filled):
        filled["batch_size"] = {**BATCH_SIZE, **batch_size}
    if not any(given.get(name) for name in _ENDS):
        filled["multiplier"] = 1
    return filled


def _is_unlimited(sending: Values) -> bool:
    limit = sending.get("rate_limit")
    return isinstance(limit, Mapping) and limit.get("events_per_second") == 0


def _is_streamed(section: Any) -> bool:
    if not isinstance(section, Mapping):
        return False
    return section.get("stream") is not None or section.get("load") == "streamed"
