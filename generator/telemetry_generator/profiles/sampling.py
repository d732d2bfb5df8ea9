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
        """Return how many samples of each profile name a span; no more than can be different."""
        share = round(self.config.links.percentage * _PER_PERCENT)
        luck = below(draw(profiles.key, Purpose.LINKED), _MILLION)
        wanted = (self.config.samples_per_profile * share + luck) // _MILLION
        wanted[profiles.group == NONE] = 0
        return np.minimum(wanted, self._capacity[profiles.group])

    @cached_property
    def _capacity(self) -> I64:
        """How many different samples can name spans of each group; at the end 0, for NONE."""
        if not len(self.links):
            return np.zeros(1, np.int64)
        choices = self.stacks.by_operation.counts(self.links.operation)
        fewest = np.minimum.reduceat(choices, self._groups[:-1])
        return np.append(fewest * np.diff(self._groups) * self.config.threads, 0)

    def _naming(self, profiles: ProfileColumns, order: I64) -> tuple[I64, I64, I64, I64]:
        """Return link, stack, heat and thread of samples that name spans: those in turn.

        A profile that names none gets those of some group; they are not used.
        """
        group = np.maximum(profiles.group, 0)[:, None]
        first, count = self._groups[group], self._groups[group + 1] - self._groups[group]
        link, lap = first + order % count, order // count
        operation = self.links.operation[link]
        stacks = self.stacks.by_operation
        choices = stacks.counts(operation)
        heat = lap % choices
        stack = stacks.members[stacks.first[operation] + heat]
        begun = draw(self.links.span_id[link], Purpose.THREAD)
        thread = (below(begun, self.config.threads) + lap // choices) % self.config.threads
        return link, stack, heat, thread

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
