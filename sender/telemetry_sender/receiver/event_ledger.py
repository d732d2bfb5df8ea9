"""The ledger of data points and log records: an event is known by its stream and its time.

A series has one point at a time, and a log record of the templates comes once at a time, too: the
sender stamps both with nanoseconds, in each pass later than in the one before. A retry sends the
same bytes again, so the same times; that is how it shows.

Where a set holds the same log record several times over, they are copies of one stream, and may
even have one time. Copies in one request are different events, because a request never holds an
event twice; a copy in a further request is one that came before.
"""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64, mix64
from telemetry_sender.receiver.event_columns import EventColumns
from telemetry_sender.receiver.event_counts import EventCounts
from telemetry_sender.receiver.expected_streams import ExpectedStreams
from telemetry_sender.receiver.occurrences import Flags, Indices, occurrences
from telemetry_sender.receiver.recent_times import RecentTimes
from telemetry_sender.receiver.stream_names import CanonicalKeys, StreamNames
from telemetry_sender.receiver.stream_table import UNKNOWN, StreamTable

MAX_STREAMS = 1 << 20
"""How many streams are tracked beyond the templates, and ways of writing one."""


@dataclass(frozen=True, slots=True)
class Booked:
    """Where the events of a request went: their streams, UNKNOWN for none, and what is new."""

    streams: Indices
    fresh: Flags


class EventLedger:
    """Books the events of one signal; see `docs/receiver.md` for what it costs in memory."""

    def __init__(
        self, expected: ExpectedStreams | None = None, max_streams: int = MAX_STREAMS
    ) -> None:
        self.counts = EventCounts()
        self.out_of_order = 0
        """First arrivals after a later event of their stream."""
        self.expected = expected
        self._max_streams = max_streams
        self._templates = StreamTable(expected.keys if expected else None)
        self._keys = StreamTable(expected.keys if expected else None)
        self._copies = expected.copies if expected else np.zeros(0, np.int64)
        self._template_of = np.arange(len(self._copies))
        self._unique_of = np.zeros(len(self._copies), np.int64)
        self._times = RecentTimes()
        self._make_rows()

    @property
    def stream_count(self) -> int:
        """Number of streams known."""
        return len(self._copies)

    def _make_rows(self) -> None:
        """Give every stream a row for each of its copies."""
        ends = np.cumsum(self._copies)
        self._first_row = ends - self._copies
        self._has_copies = len(ends) > 0 and int(ends[-1]) > len(ends)
        self._times.reserve(int(ends[-1]) if len(ends) else 0)

    def record(self, events: EventColumns) -> Booked:
        """Book the events of one request."""
        streams = self._identify(events.names)
        timed = events.times != 0
        known = (streams != UNKNOWN) & timed
        self.counts.unidentified += len(timed) - int(np.count_nonzero(timed))
        self._count_unknown(int(np.count_nonzero(timed & ~known)))
        fresh: Flags = np.zeros(len(known), np.bool_)
        fresh[known] = self._book(streams[known], events.times[known])
        return Booked(streams, fresh)

    def _count_unknown(self, events: int) -> None:
        if self.expected is None or not self._room:
            self.counts.untracked += events
        else:
            self.counts.foreign += events

    @property
    def _room(self) -> int:
        """How many keys may still be added to those of the templates."""
        # Each of the templates' streams may be written in one other way besides.
        return max(0, self._max_streams + 2 * len(self._templates) - len(self._keys))

    def _book(self, streams: Indices, times: U64) -> Flags:
        arrivals = self._times.add(self._rows(streams, times), times)
        self.counts.count(arrivals)
        self.out_of_order += int(np.count_nonzero(arrivals.late))
        if self.expected is not None:
            np.add.at(self._unique_of, self._template_of[streams[arrivals.fresh]], 1)
        return arrivals.fresh

    def _rows(self, streams: Indices, times: U64) -> Indices:
        """Return the row of each event: always the same one for a time and a number of copy."""
        rows = self._first_row[streams]
        if self._has_copies:
            spread = mix64(times ^ mix64(streams.astype(np.uint64)))
            number = spread + occurrences(spread).astype(np.uint64)
            rows = rows + (number % self._copies[streams].astype(np.uint64)).astype(np.intp)
        return rows

    def _identify(self, names: StreamNames) -> Indices:
        keys = names.keys()
        streams = self._keys.find(keys)
        unknown = np.flatnonzero(streams == UNKNOWN)
        if len(unknown):
            _, first = np.unique(keys[unknown], return_index=True)
            chosen = unknown[np.sort(first)]
            self._meet(keys[chosen], names.canonical(chosen))
            streams = self._keys.find(keys)
        return streams

    def _meet(self, keys: U64, canonical: CanonicalKeys) -> None:
        """Get to know the streams written as `keys`, which are new and different."""
        self._add_streams(canonical)
        streams = self._keys.find(canonical.keys)
        alias = (streams != UNKNOWN) & (keys != canonical.keys)
        self._keys.add(*(each[alias][: self._room] for each in (keys, streams)))

    def _add_streams(self, canonical: CanonicalKeys) -> None:
        """Add those streams that are new however written, if the templates allow for them."""
        new, first = np.unique(canonical.keys, return_index=True)
        chosen = np.sort(first[self._keys.find(new) == UNKNOWN])
        templates, copies = np.full(len(chosen), UNKNOWN, np.intp), np.ones(len(chosen), np.int64)
        if self.expected is not None:
            templates = self._templates.find(canonical.template_keys[chosen])
            chosen, templates = chosen[templates != UNKNOWN], templates[templates != UNKNOWN]
            copies = self.expected.copies[templates]
        if not len(chosen):
            return
        kept = slice(self._room)
        chosen, first_number = chosen[kept], self.stream_count
        numbers = np.arange(first_number, first_number + len(chosen))
        self._keys.add(canonical.keys[chosen], numbers)
        self._template_of = np.concatenate([self._template_of, templates[kept]])
        self._copies = np.concatenate([self._copies, copies[kept]])
        self._make_rows()

    def has_one_line(self, streams: Indices) -> Flags:
        """Tell which streams are known and have one event a pass, so that values can follow."""
        one_line: Flags = streams != UNKNOWN
        one_line[one_line] = self._copies[streams[one_line]] == 1
        return one_line

    def passes_seen(self) -> int:
        """Return how often the stream came that came most often, in passes; 0 without templates."""
        if self.expected is None:
            return 0
        return int((-(-self._unique_of // self.expected.copies)).max(initial=0))

    def behind(self) -> "Behind":
        """Return what each stream of the templates lacks to have come in every pass seen."""
        if self.expected is None:
            return Behind(np.zeros(0, np.int64), np.zeros(0, np.int64))
        due = self.passes_seen() * self.expected.copies
        return Behind(self._unique_of.copy(), due - self._unique_of)


@dataclass(frozen=True, slots=True)
class Behind:
    """By stream of the templates: different events received, and how many are missing."""

    received: Indices
    missing: Indices

    @property
    def events(self) -> int:
        """How many are missing in all."""
        return int(self.missing.sum())

    def furthest(self, most: int) -> Indices:
        """Return the streams that lack something, those that lack most first."""
        order = np.argsort(-self.missing, kind="stable")[:most]
        return order[self.missing[order] > 0]
