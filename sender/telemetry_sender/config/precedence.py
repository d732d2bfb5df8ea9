"""Who decides about the rate: a shape, or what is said beside it, in the file or on the command.

A named shape stands for several settings. They hold where the shape is named: they beat those of
the place beneath (the command line beats the file), and what is said beside the name in the same
place beats them. A described shape says the rate and nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from telemetry_common.config import MisplacedError, Source, apply_overrides
from telemetry_sender.config.named_shapes import NAMED_SHAPES

Values = Mapping[str, Any]

_RATE = ("rate_limit", "events_per_second")


def settled(sending: Values) -> Values:
    """Return the values of one `sending` section with the shape and the rate settled.

    A rate that is given beats a named shape: the shape is gone then, but for what it says beside
    the rate. Where the shape decides, the rate is None. Raises MisplacedError where a rate is given
    beside a described shape.
    """
    shape, limit = sending.get("shape"), sending.get("rate_limit", {})
    if shape is None or not isinstance(limit, Mapping):
        return sending
    named = NAMED_SHAPES.get(shape) if isinstance(shape, str) else None
    filled = _filled(sending, named.settings()) if named else sending
    if limit.get("events_per_second") is None:
        return {**filled, "rate_limit": {**limit, "events_per_second": None}}
    if named:
        return {**filled, "shape": None}
    if isinstance(shape, str):
        return sending
    raise MisplacedError(_RATE, "the shape says the rate, too", "remove one of the two")


def _filled(sending: Values, defaults: Values) -> dict[str, Any]:
    """Return `sending` with `defaults` where it says nothing, in the sections below it, too."""
    filled = {**defaults, **sending}
    for name, value in defaults.items():
        given = sending.get(name)
        if isinstance(value, Mapping) and isinstance(given, Mapping):
            filled[name] = {**value, **given}
    return filled


def with_recorded_pace(values: Values) -> Values:
    """Return the whole configuration; a timeline without a rate leaves the pace to what it holds.

    That is a rate of None.
    """
    timestamps, sending = values.get("timestamps"), values.get("sending", {})
    if not (isinstance(timestamps, Mapping) and timestamps.get("mode") == "timeline"):
        return values
    if not isinstance(sending, Mapping) or sending.get("shape") is not None:
        return values
    limit = sending.get("rate_limit", {})
    if not isinstance(limit, Mapping):
        return values
    limit = {"events_per_second": None, **limit}
    return {**values, "sending": {**sending, "rate_limit": limit}}


def with_overrides(source: Source, overrides: Sequence[str]) -> Source:
    """Return `source` with the overrides, and without what they beat by other names.

    Raises ConfigError as `apply_overrides` does.
    """
    above = apply_overrides(Source("", {}, {}), overrides).values.get("sending")
    sending = source.values.get("sending")
    if isinstance(above, Mapping) and isinstance(sending, Mapping):
        beaten = {**source.values, "sending": _beaten(sending, above)}
        source = Source(source.name, beaten, source.places)
    return apply_overrides(source, overrides)


def _beaten(sending: Values, above: Values) -> dict[str, Any]:
    """Return the settings of the file without those that the command line makes void."""
    kept = dict(sending)
    shape, limit = above.get("shape"), above.get("rate_limit")
    rate_given = isinstance(limit, Mapping) and limit.get("events_per_second") is not None
    rate = kept.get("rate_limit")
    if (shape is not None or rate_given) and isinstance(rate, Mapping):
        kept["rate_limit"] = {name: value for name, value in rate.items() if name not in _RATE}
    if isinstance(shape, str) or (isinstance(shape, Mapping) and "kind" in shape):
        kept.pop("shape", None)
    elif rate_given and isinstance(kept.get("shape"), Mapping):
        del kept["shape"]
    if isinstance(shape, str) and shape in NAMED_SHAPES:
        for name in NAMED_SHAPES[shape].settings():
            kept.pop(name, None)
    return kept
