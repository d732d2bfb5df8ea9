"""Samples: which stack on which thread, for which span, and what was observed there.

No two samples of a profile share stack, thread and span, as OTLP asks for. How hot a stack is shows
in how often it was observed: about in inverse proportion to its rank, as in Zipf's law.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.profiles import ProfilesConfig
from telemetry_generator.draws import I64, below, below_wide, child_keys, draw
from telemetry_generator.profiles.links import NONE, LinkedSpans
from telemetry_generator.profiles.purposes import Purpose
from telemetry_generator.profiles.stacks import StackTable
from telemetry_generator.profiles.table import ObservationColumns, ProfileColumns, SampleColumns
from telemetry_generator.profiles.types import PROFILE_TYPES

_PER_PERCENT = 10_000
_MILLION = 1_000_000
_EVEN_RANKS = 4  # ranks over which the heat falls to a half
_SUMMED = 64  # most observations that are summed where only values are recorded
_LEAST_HEAT, _HEAT_SPREAD = 256, 768


@dataclass(frozen=True)
class Sampling:
    """How profiles are sampled."""

    config: ProfilesConfig
    stacks: StackTable
    links: LinkedSpans

    def samples(self, profiles: ProfileColumns) -> SampleColumns:
        """Return the samples of profiles, those that name spans first."""
        order = np.arange(self.config.samples_per_profile)[None, :]
        keys = child_keys(profiles.key[:, None], order)
        linked = self._linked(profiles)[:, None]
        own = self._own(profiles, np.maximum(order - linked, 0))
        if not linked.any():
            return _columns(keys, np.full(keys.shape, NONE), *own)
        link, *named = self._naming(profiles, order)
        is_linked = order < linked
        chosen = (np.where(is_linked, one, other) for one, other in zip(named, own, strict=True))
        return _columns(keys, np.where(is_linked, link, NONE), *chosen)

    def observations(self, profiles: ProfileColumns, samples: SampleColumns) -> ObservationColumns:
        """Return what the samples recorded."""
        has_times = self.config.recording != "values"
        ticks = self._ticks(samples, self.config.max_observations if has_times else _SUMMED)
        if not has_times:
            owner = np.arange(len(samples))
            values = self._values(profiles, samples.key, owner) * ticks
            return ObservationColumns(owner, None, values)
        owner = np.repeat(np.arange(len(samples)), ticks)
        ordinal = np.arange(len(owner)) - np.repeat(np.cumsum(ticks) - ticks, ticks)
        keys = child_keys(samples.key[owner], ordinal)
        time = self._times(profiles, samples, owner, keys)
        # The values are drawn alike, so only the times need an order.
        time = time[np.lexsort((time, owner))]
        has_values = self.config.recording != "timestamps"
        return ObservationColumns(
            owner, time, self._values(profiles, keys, owner) if has_values else None
        )

    @cached_property
    def _groups(self) -> I64:
        return self.links.groups()

    def _linked(self, profiles: ProfileColumns) -> I64:
        """Return how many samples of each profile name a span."""
        share = round(self.config.links.percentage * _PER_PERCENT)
        luck = below(draw(profiles.key, Purpose.LINKED), _MILLION)
        wanted = (self.config.samples_per_profile * share + luck) // _MILLION
        return np.where(profiles.group == NONE, 0, wanted)

    def _naming(self, profiles: ProfileColumns, order: I64) -> tuple[I64, I64, I64, I64]:
        """Return link, stack, heat and thread of samples that name spans: those in turn.

        A profile that names none gets those of some group; they are not used.
        """
        group = np.maximum(profiles.group, 0)[:, None]
        first, count = self._groups[group], self._groups[group + 1] - self._groups[group]
        link, lap = first + order % count, order // count
        heat, lap = self._stack_for(self.links.operation[link], lap)
        stacks = self.stacks.by_operation
        stack = stacks.members[stacks.first[self.links.operation[link]] + heat]
        begun = below(draw(self.links.span_id[link], Purpose.THREAD), self.config.threads)
        return link, stack, heat, (begun + lap) % self.config.threads

    def _stack_for(self, operation: I64, number: I64) -> tuple[I64, I64]:
        """Return which of an operation's stacks sample `number` of a span has, and its thread.

        Its own stacks come first, on all threads; only then come others of the service, as of
        helpers that work on its behalf.
        """
        own, every = self.stacks.own[operation], self.stacks.by_operation.counts(operation)
        rest = number - own * self.config.threads
        is_own = rest < 0
        turns = np.where(is_own, number, rest)
        thread, stack = np.divmod(turns, np.where(is_own, own, np.maximum(1, every - own)))
        return np.where(is_own, stack, np.minimum(own + stack, every - 1)), thread

    def _own(self, profiles: ProfileColumns, order: I64) -> tuple[I64, I64, I64]:
        """Return stack, heat and thread of samples that name no span, given their number."""
        stack, heat, thread = np.empty((3, *order.shape), np.int64)
        begun = below(draw(profiles.key, Purpose.THREAD), self.config.threads)
        for service in np.unique(profiles.service).tolist():
            rows = np.flatnonzero(profiles.service == service)
            members = self.stacks.by_service.group(service)
            ranks = _by_heat(profiles.key[rows], len(members))
            heat[rows] = np.take_along_axis(ranks, order[rows] % len(members), axis=1)
            stack[rows] = members[heat[rows]]
            thread[rows] = (begun[rows, None] + order[rows] // len(members)) % self.config.threads
        return stack, heat, thread

    def _ticks(self, samples: SampleColumns, most: int) -> I64:
        limits = np.maximum(1, most * _EVEN_RANKS // (samples.heat + _EVEN_RANKS))
        return 1 + below(draw(samples.key, Purpose.TICKS), limits)

    def _times(
        self, profiles: ProfileColumns, samples: SampleColumns, owner: I64, keys: U64
    ) -> I64:
        """Return times within the span that is named, otherwise within the profile."""
        profile = np.arange(len(samples)) // self.config.samples_per_profile
        first, length = profiles.time[profile], profiles.duration[profile]
        named = np.flatnonzero(samples.link != NONE)
        spans = samples.link[named]
        first[named] = self.links.start[spans]
        length[named] = self.links.end[spans] - self.links.start[spans]
        times: I64 = first[owner] + below_wide(draw(keys, Purpose.TIME), length[owner])
        return times

    def _values(self, profiles: ProfileColumns, keys: U64, owner: I64) -> I64:
        draws = draw(keys, Purpose.VALUE)
        kinds = profiles.type[owner // self.config.samples_per_profile]
        values = np.empty(len(owner), np.int64)
        for number, name in enumerate(self.config.types):
            rows = np.flatnonzero(kinds == number)
            kind = PROFILE_TYPES[name]
            values[rows] = kind.draw_values(draws[rows], self.config.frequency_hz)
        return values


def _columns(keys: U64, link: I64, stack: I64, heat: I64, thread: I64) -> SampleColumns:
    return SampleColumns(stack.ravel(), link.ravel(), thread.ravel(), heat.ravel(), keys.ravel())


def _by_heat(keys: U64, stacks: int) -> I64:
    """Return the ranks of stacks for each profile, about the hottest first; (profiles, stacks)."""
    ranks = np.arange(stacks)
    luck = draw(child_keys(keys[:, None], ranks[None, :]), Purpose.HEAT)
    coldness = (ranks + 1) * (_LEAST_HEAT + below(luck, _HEAT_SPREAD))
    return np.argsort(coldness, axis=1, kind="stable")
