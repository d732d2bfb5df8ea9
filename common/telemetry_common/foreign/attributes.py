"""Reads the template attributes of spans, and what else of a span bears on its timing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.errors import TemplateError
from telemetry_common.planning.wire import (
    FIXED64,
    LENGTH,
    VARINT,
    Bytes,
    Fields,
    Flags,
    Messages,
    Offsets,
    read_varints,
    scan,
)

PREFIX = b"_template."
"""Begins the keys of all attributes that are for the replay only and never sent on."""

START_OFFSET = PREFIX + b"start_offset_nanos"
DURATION = PREFIX + b"duration_nanos"
EMIT_DELAY = PREFIX + b"emit_delay_ms"

# Field numbers of opentelemetry-proto: Span, KeyValue, and the members of AnyValue's oneof.
_TRACE_ID, _SPAN_ID, _START, _END, _ATTRIBUTES = 1, 2, 7, 8, 9
_KEY, _VALUE = 1, 2
_INT, _LAST_MEMBER = 3, 8

_HOUR_MS = 3_600_000
_TEN_YEARS_NANOS = 10 * 365 * 86_400 * 10**9

_FIX = "correct it where the file was made"


@dataclass(frozen=True, slots=True)
class Nanos:
    """What one attribute says of each of n spans: `value`, and where `row` is not -1.

    `row` is the attribute's place among `SpanTiming.attributes`; both have shape (n,).
    """

    value: Offsets
    row: Offsets

    @property
    def given(self) -> Flags:
        """Which spans have the attribute."""
        return self.row >= 0


@dataclass(frozen=True, slots=True)
class SpanTiming:
    """The timing of n spans, as their attributes and as their fields tell it.

    `attributes` are the template attributes and `times` the start and end fields, both owned by
    rows of spans; `trace_id` holds 16 bytes for each span, zero where it has no valid id.
    """

    attributes: Fields
    times: Fields
    trace_id: NDArray[np.bytes_]
    offset: Nanos
    duration: Nanos

    @property
    def timed(self) -> Flags:
        """Which spans have their timing as attributes, shape (n,)."""
        return self.offset.given


def read_timing(data: Bytes, spans: Messages, place: str) -> SpanTiming:
    """Return the timing of `spans`.

    Raises WireError where they are not protobuf, and TemplateError, at `place`, for a span whose
    attributes are not a time: not integers, out of bounds, or one without the other.
    """
    fields = scan(data, spans, {_TRACE_ID, _SPAN_ID, _START, _END, _ATTRIBUTES})
    attributes, keys = _template_attributes(data, fields.of(_ATTRIBUTES, LENGTH))
    fixed = fields.select((fields.number == _START) | (fields.number == _END))
    found = SpanTiming(
        attributes=attributes,
        times=fixed.select(fixed.wire == FIXED64),
        trace_id=_ids(data, fields.of(_TRACE_ID, LENGTH), 16, len(spans)),
        offset=_nanos(data, attributes, _equal(data, keys, START_OFFSET), len(spans)),
        duration=_nanos(data, attributes, _equal(data, keys, DURATION), len(spans)),
    )
    wrong = _first_wrong(found)
    if wrong is not None:
        span, problem = wrong
        ids = _ids(data, fields.of(_SPAN_ID, LENGTH), 8, len(spans))
        raise TemplateError(_named(place, found.trace_id, ids, span), problem, _FIX)
    return found


def read_millis(data: Bytes, spans: Messages, key: bytes, place: str) -> Offsets:
    """Return the milliseconds that the attribute `key` says of each span, 0 where it has none.

    Raises WireError where they are not protobuf, and TemplateError, at `place`, for a span whose
    attribute is not an integer between 0 and an hour.
    """
    fields = scan(data, spans, {_TRACE_ID, _SPAN_ID, _ATTRIBUTES})
    attributes, keys = _template_attributes(data, fields.of(_ATTRIBUTES, LENGTH))
    found = _nanos(data, attributes, _equal(data, keys, key), len(spans))
    wrong = found.given & ((found.value < 0) | (found.value > _HOUR_MS))
    if np.any(wrong):
        traces = _ids(data, fields.of(_TRACE_ID, LENGTH), 16, len(spans))
        ids = _ids(data, fields.of(_SPAN_ID, LENGTH), 8, len(spans))
        problem = f"{key.decode()} is not a number of milliseconds between 0 and an hour"
        raise TemplateError(_named(place, traces, ids, int(np.argmax(wrong))), problem, _FIX)
    return found.value


def _template_attributes(data: Bytes, attributes: Fields) -> tuple[Fields, Messages]:
    """Return those attributes whose key begins with PREFIX, and where their keys are."""
    keys = scan(data, attributes.values(), {_KEY}).of(_KEY, LENGTH)
    key = _last(keys, len(attributes))
    rows = np.flatnonzero(key.end - key.start >= len(PREFIX))
    prefix = Messages(key.start[rows], key.start[rows] + len(PREFIX))
    rows = rows[_equal(data, prefix, PREFIX)]
    return attributes.select(rows), Messages(key.start[rows], key.end[rows])


def _last(fields: Fields, owners: int) -> Messages:
    """Return the value of each owner's field, empty for none; of several a parser keeps the last.

    So does this assignment, where an index is repeated.
    """
    start, end = np.zeros((2, owners), np.int64)
    start[fields.owner], end[fields.owner] = fields.start, fields.end
    return Messages(start, end)


def _equal(data: Bytes, texts: Messages, text: bytes) -> Flags:
    """Tell which of the byte ranges `texts` hold `text`."""
    same: Flags = texts.end - texts.start == len(text)
    rows = np.flatnonzero(same)
    held = data[texts.start[rows, np.newaxis] + np.arange(len(text))]
    same[rows] = np.all(held == np.frombuffer(text, np.uint8), axis=1)
    return same


def _nanos(data: Bytes, attributes: Fields, wanted: Flags, spans: int) -> Nanos:
    """Return what the `wanted` ones of the attributes say of each span."""
    rows = np.flatnonzero(wanted)
    value, row = np.zeros(spans, np.int64), np.full(spans, -1, np.int64)
    owner = attributes.owner[rows]
    value[owner] = _integers(data, attributes.select(rows).values())
    row[owner] = rows
    return Nanos(value, row)


def _integers(data: Bytes, attributes: Messages) -> Offsets:
    """Return the integer values of attributes; -1 for one that is no integer."""
    values = scan(data, attributes, {_VALUE}).of(_VALUE, LENGTH)
    members = scan(data, values.values(), range(1, _LAST_MEMBER + 1))
    integer = (members.number == _INT) & (members.wire == VARINT)
    number = np.full(len(members), -1, np.int64)
    whole = members.select(integer)
    number[integer] = read_varints(data, whole.start, whole.end)[0]
    found = np.full(len(attributes), -1, np.int64)
    found[values.owner[members.owner]] = number
    return found


def _ids(data: Bytes, fields: Fields, width: int, spans: int) -> NDArray[np.bytes_]:
    """Return the ids of all spans; zero for one without an id of this width."""
    value = _last(fields, spans)
    rows = np.flatnonzero(value.end - value.start == width)
    ids = np.zeros((spans, width), np.uint8)
    ids[rows] = data[value.start[rows, np.newaxis] + np.arange(width)]
    return ids.view(f"S{width}")[:, 0]


def _first_wrong(timing: SpanTiming) -> tuple[int, str] | None:
    """Return the first span whose attributes are not a time, and why they are not."""
    offset, duration = timing.offset, timing.duration
    outside = "is not a number of nanoseconds between 0 and ten years"
    names = START_OFFSET.decode(), DURATION.decode()
    faults = (
        (_out_of_bounds(offset), f"{names[0]} {outside}"),
        (_out_of_bounds(duration), f"{names[1]} {outside}"),
        (offset.given != duration.given, "has only one of {} and {}".format(*names)),
    )
    for wrong, problem in faults:
        if np.any(wrong):
            return int(np.argmax(wrong)), problem
    return None


def _out_of_bounds(nanos: Nanos) -> Flags:
    return nanos.given & ((nanos.value < 0) | (nanos.value > _TEN_YEARS_NANOS))


def _named(place: str, trace_id: NDArray[np.bytes_], span_id: NDArray[np.bytes_], span: int) -> str:
    ids = (ids[span : span + 1].tobytes().hex() for ids in (span_id, trace_id))
    return "{}: span {} of trace {}".format(place, *ids)
