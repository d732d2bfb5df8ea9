"""Walks a template file once, in chunks of whole resources: its containers, events and slots."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from telemetry_common.ids import U64
from telemetry_common.planning.containers import LevelCollector, open_containers
from telemetry_common.planning.layout import POINTS, Layout, Message
from telemetry_common.planning.profiles import profile_ends, sample_links
from telemetry_common.planning.slots import NO_CARRIER, Owners, SlotCollector
from telemetry_common.planning.temporality import Temporality, read_temporality
from telemetry_common.planning.wire import LENGTH, Bytes, Fields, Messages, Offsets
from telemetry_common.planning.words import view_words
from telemetry_common.signals import Signal

_CHUNK_BYTES = 8 << 20


@dataclass(slots=True)
class Walk:
    """What one walk over a file finds: containers, events and slots."""

    data: Bytes
    layout: Layout
    slots: SlotCollector
    levels: LevelCollector
    links: int = 0
    """Links in the profiles dictionary, which are the first carriers."""
    temporality: list[Temporality] = field(default_factory=list)
    """Of each event, chunk by chunk: of metrics only."""
    profile_end: list[U64] = field(default_factory=list)
    """When each profile ends in template time, chunk by chunk: of profiles only."""
    own_carrier: list[Offsets] = field(default_factory=list)
    """The carrier that each event is, chunk by chunk."""

    @classmethod
    def begin(cls, data: Bytes, layout: Layout) -> "Walk":
        """Return a walk over `data` that has not taken a step."""
        words = view_words(data.data, len(data))
        return cls(data, layout, SlotCollector(data, words), LevelCollector(layout))

    def open_root(self) -> Iterator[Fields]:
        """Record the root, and yield its resources in chunks."""
        whole = Messages(np.array([0]), np.array([len(self.data)]))
        opened = open_containers(self.data, self.layout.containers[0], whole)
        self.levels.add(0, Fields.single(0, len(self.data)), 0)
        self.levels.add_rest(0, opened.rest, 0)
        self._visit_root_messages(opened.rest)
        first = 0
        while first < len(opened.children):
            limit = opened.children.tag[first] + _CHUNK_BYTES
            last = max(first + 1, int(np.searchsorted(opened.children.end, limit, "right")))
            yield opened.children.select(slice(first, last))
            first = last

    def _visit_root_messages(self, rest: Fields) -> None:
        for number, message in self.layout.root_messages.items():
            rows = rest.of(number, LENGTH)
            nobody = np.full(len(rows), NO_CARRIER, np.int64)
            self.slots.visit(message, rows.values(), Owners(nobody, nobody))
        self.links = self.slots.carriers

    def descend(self, resources: Fields) -> None:
        """Record these resources, as children of the root, and everything below them."""
        children, parents_before = resources, 0
        for level, container in enumerate(self.layout.containers[1:], start=1):
            before = self.levels.count(level)
            self.levels.add(level, children, parents_before)
            opened = open_containers(self.data, container, children.values())
            self.levels.add_rest(level, opened.rest, before)
            rows = np.arange(len(children), dtype=np.int64)
            self.slots.collect(container.roles.items(), opened.rest, _nameless(rows + before))
            parents, rest = children, opened.rest
            children, parents_before = opened.children, before
        events_before = self.levels.events
        self.levels.add(len(self.layout.containers), children, parents_before)
        if self.layout.signal is Signal.METRICS:
            self._visit_points(children, parents, rest, events_before)
        elif self.layout.signal is Signal.PROFILES:
            self._visit_samples(children, parents_before)
            words = self.slots.words.integer
            self.profile_end.append(profile_ends(self.data, words, rest, len(parents)))
        else:
            self._visit_events(children, events_before)

    def _visit_events(self, events: Fields, events_before: int) -> None:
        local = np.arange(len(events), dtype=np.int64) + events_before
        owners = self.slots.visit(self._event, events.values(), _nameless(local))
        self.own_carrier.append(owners.carrier)

    def _visit_samples(self, samples: Fields, profiles_before: int) -> None:
        """Let samples move with the span that their link names, else with their profile."""
        table = samples.values()
        # Links were visited first, with the root, so a link's carrier is its place in the table.
        link = sample_links(self.data, table, self.links)
        carrier = np.where(link > 0, link, NO_CARRIER)
        self.slots.visit(self._event, table, Owners(samples.owner + profiles_before, carrier))

    @property
    def _event(self) -> Message:
        (event,) = self.layout.containers[-1].children.values()
        return event

    def _visit_points(
        self, points: Fields, holders: Fields, rest: Fields, events_before: int
    ) -> None:
        traits = read_temporality(self.data, holders.number, holders.owner, rest)
        self.temporality.append(traits.take(points.owner))
        kind = holders.number[points.owner]
        for number, message in POINTS.items():
            rows = np.flatnonzero(kind == number)
            table = points.select(rows).values()
            self.slots.visit(message, table, _nameless(rows + events_before))


def _nameless(local: Offsets) -> Owners:
    """Return owners whose messages do not name a span."""
    return Owners(local, np.full(len(local), NO_CARRIER, np.int64))
