"""Segments of a stream made ready to send: planned, cut into blocks, with stampers of their own."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from telemetry_common.errors import TemplateError
from telemetry_common.ids import RunKeys
from telemetry_common.planning.identities import Identities
from telemetry_common.planning.plan import Plan, locate
from telemetry_common.planning.planner import build_plan
from telemetry_common.planning.streamed import streamed
from telemetry_common.planning.wire import Offsets, WireError
from telemetry_common.planning.words import view_words
from telemetry_common.signals import Signal
from telemetry_common.stream import Segment
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sending.cutting import cut_bounds
from telemetry_sender.sending.feed import Feed, SignalFeed
from telemetry_sender.sinks.base import Encoder, EncoderFactory, Encoding
from telemetry_sender.sinks.request_limit import PROTOBUF_ONLY, RequestLimit
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.encoding import encoding_stampers, make_encoders
from telemetry_sender.stamping.identity import Identity
from telemetry_sender.stamping.stamp import Stamper
from telemetry_sender.stamping.trace_times import Timing, TraceTimes
from telemetry_sender.streaming.sources import SegmentSource
from telemetry_sender.text.renderer import Renderer
from telemetry_sender.text.rendering_encoder import RenderingEncoder
from telemetry_sender.transformers.base import Transformer
from telemetry_sender.transformers.stamper import transformed

_WORD = (1 << 64) - 1
# The odd fraction of 2^64 by the golden ratio, which SplitMix64 steps by: segments stay apart.
_SEGMENT_STEP = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """A segment that can be sent. Segments are numbered from 0 through all passes."""

    number: int
    pass_number: int
    feed: Feed
    stampers: Mapping[Signal, BlockStamper]


class SegmentOpener:
    """Makes segments of a run ready, one after another; `start` is the run's (Unix nanoseconds)."""

    def __init__(
        self,
        config: SenderConfig,
        seed: int,
        start: int,
        encoding: Encoding | EncoderFactory = Encoding.PROTOBUF,
        transformers: Sequence[Transformer] = (),
        limits: Collection[RequestLimit] = PROTOBUF_ONLY,
    ) -> None:
        self._config = config
        self._encoding = encoding
        self._limits = limits
        self._transformers = transformers
        self._keys = RunKeys.from_seed(seed)
        self._start = start
        self._last_instants: dict[int, dict[int, int]] = {}
        self._profiles = 0
        self._number = 0
        self._renderers: dict[Signal, Renderer] = {}

    def opened(self, source: SegmentSource, passes: int | None) -> Iterator[OpenSegment]:
        """Yield all segments of a source in so many passes, without end where that is None.

        A source that cannot be repeated has one pass. Raises TemplateError and RunError.
        """
        for pass_number in count() if passes is None else range(passes):
            yield from self._pass(source, pass_number)
            if not source.repeatable:
                return

    def _pass(self, source: SegmentSource, pass_number: int) -> Iterator[OpenSegment]:
        carried = b""
        for place, segment in enumerate(map(self._transformed, source.segments())):
            name = f"{source}: segment {place}"
            plans = _planned(_with_carried(segment, carried), name)
            carried = b""
            if source.cuts_traces and Signal.TRACES in plans:
                plans[Signal.TRACES], carried = _without_last_unit(plans[Signal.TRACES])
            if plans:
                yield self._open(plans, self._instants(source, place), pass_number)
        if carried:
            plans = _planned({Signal.TRACES: carried}, f"{source}: its end")
            yield self._open(plans, {}, pass_number)

    def _instants(self, source: SegmentSource, place: int) -> dict[int, int]:
        """Return when the points of a segment were last sent; not kept where it comes but once."""
        return self._last_instants.setdefault(place, {}) if source.repeatable else {}

    def _transformed(self, segment: Segment) -> Segment:
        changed = dict(segment)
        for transformer in self._transformers:
            changed = {
                signal: transformed(transformer, signal, changed[signal]) for signal in changed
            }
        return changed

    def _open(
        self, plans: "dict[Signal, _Piece]", instants: dict[int, int], pass_number: int
    ) -> OpenSegment:
        templates = {signal: piece.template for signal, piece in plans.items()}
        bounds = cut_bounds(self._config, templates, self._limits)
        feeds = [
            SignalFeed(piece.template.plan, _up_to(bounds[signal], piece.events), 1)
            for signal, piece in plans.items()
        ]
        number, self._number = self._number, self._number + 1
        stampers = self._stampers(templates, instants)
        return OpenSegment(number, pass_number, Feed(feeds), stampers)

    def _stampers(
        self, templates: Mapping[Signal, Template], instants: dict[int, int]
    ) -> dict[Signal, BlockStamper]:
        plans = [template.plan for template in templates.values()]
        timestamps = self._config.timestamps
        timing = Timing(timestamps.jitter_nanos, timestamps.backdate_nanos)
        identity = Identity(self._own_keys(), spans=0, traces=0)
        trace_end = max((plan.trace_end for plan in plans), key=len)
        times = TraceTimes(trace_end, identity.keys.jitter, timing)
        self._profiles += max(plan.profile_numbers for plan in plans)
        stampers: dict[Signal, BlockStamper] = {
            signal: Stamper(template, identity, timing, times, self._start, instants)
            for signal, template in templates.items()
        }
        return encoding_stampers(stampers, self._encoders(templates))

    def _encoders(self, templates: Mapping[Signal, Template]) -> dict[Signal, Encoder]:
        """Return the encoders of a segment, whose blocks are sent once: nothing of them is kept."""
        if self._encoding is not Encoding.JSON:
            return make_encoders(self._encoding, templates)
        for signal in templates.keys() - self._renderers.keys():
            self._renderers[signal] = Renderer(signal)
        return {
            signal: RenderingEncoder(template, self._renderers[signal])
            for signal, template in templates.items()
        }

    def _own_keys(self) -> RunKeys:
        """Return keys by which this segment has its own jitter, and profiles go on counting."""
        keys = self._keys
        return replace(
            keys,
            jitter=keys.jitter + self._number * _SEGMENT_STEP & _WORD,
            profile_high=keys.profile_high + self._profiles & _WORD,
            profile_low=keys.profile_low + self._profiles & _WORD,
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """The bytes and plan of a signal in a segment, of which so many `events` are to be sent."""

    template: Template
    events: int


def _planned(segment: Segment, name: str) -> dict[Signal, _Piece]:
    """Plan the signals of a segment that have events. Raises TemplateError."""
    pieces: dict[Signal, _Piece] = {}
    identities = Identities.none()
    for signal in sorted(segment, key=lambda each: each is not Signal.TRACES):
        plan = _plan(signal, segment[signal], identities, name)
        if signal is Signal.TRACES:
            words = view_words(segment[signal], len(segment[signal])).integer
            identities = Identities.read(plan, words)
        if plan.events:
            template = Template(
                signal, Path(name), segment[signal], streamed(plan), was_cached=False
            )
            pieces[signal] = _Piece(template, plan.events)
    return pieces


def _plan(signal: Signal, data: bytes, identities: Identities, name: str) -> Plan:
    try:
        return build_plan(np.frombuffer(data, np.uint8), signal, "", identities)
    except WireError as error:
        place, fix = f"{name}: byte {error.offset} of the {signal}", "generate it again"
        raise TemplateError(place, f"not OTLP: {error.problem}", fix) from None


def _with_carried(segment: Segment, carried: bytes) -> Segment:
    """Return the segment with what was left of the traces before."""
    if not carried:
        return segment
    return {**segment, Signal.TRACES: carried + segment.get(Signal.TRACES, b"")}


def _without_last_unit(piece: _Piece) -> tuple[_Piece, bytes]:
    """Leave out the last trace, which may go on in the next segment; return its bytes too.

    A segment that is all one trace, or whose last one begins inside a resource, stays whole.
    """
    plan = piece.template.plan
    resources, first = plan.levels[1], int(plan.unit_first[-2])
    row = locate(resources.first_event, first, "right") - 1
    if not first or int(resources.first_event[row]) != first:
        return piece, b""
    data = piece.template.data[int(resources.start[row]) :]
    return replace(piece, events=first), data


def _up_to(bounds: Offsets, events: int) -> Offsets:
    """Return the bounds of the blocks of the first `events` alone."""
    return np.append(bounds[bounds < events], events)
