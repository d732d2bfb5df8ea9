"""Makes the pacers that a configuration asks for."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from telemetry_common.ids import mix64_int
from telemetry_common.signals import Signal
from telemetry_sender.config.named_shapes import described
from telemetry_sender.config.pace import ADAPTIVE
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.pace.adaptive import Controller
from telemetry_sender.pace.arrivals import even_gaps, poisson_gaps
from telemetry_sender.pace.changing import AdaptiveLoad
from telemetry_sender.pace.kinds import load_of
from telemetry_sender.pace.pacer import NoPacer, Pacer, SchedulePacer
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.pace.shape import ConstantLoad, LoadShape, ScaledLoad

# Requests must not become so small for the sake of a quiet hour that a busy one drowns in them.
_SMALLEST_PART_OF_HIGHEST = 0.01


def make_pacers(
    sending: SendingConfig,
    events: Mapping[Signal, int],
    *,
    seed: int,
    whole: Mapping[Signal, int] | None = None,
    part: int = 0,
    recorded: Mapping[Signal, LoadShape] = MappingProxyType({}),
) -> Pacers:
    """Return the pacers of a process that sends so many `events` of each signal in a pass.

    The configured rates are those of all processes together, which send `whole` in a pass (by
    default, this one sends everything): each process gets the share of its events. `seed` is the
    run's; it decides what is random about a schedule. `part` is the number of the process, so that
    several do not draw the same gaps. `recorded` are the loads of signals that follow their
    recorded times instead, in this process.
    """
    alone = [signal for signal in events if signal in sending.rate_limit.signals]
    groups = [[signal] for signal in alone]
    groups.append([signal for signal in events if signal not in alone and signal not in recorded])
    pacers: dict[Signal, Pacer] = {
        signal: SchedulePacer(load, math.inf)
        for signal, load in recorded.items()
        if signal not in alone
    }
    for number, group in enumerate(groups):
        share = _sum(events, group) / max(1, _sum(whole or events, group))
        stream = mix64_int(seed + (part + 1 << 8) + number)
        pacer = _pacer(sending, group, share, seed, _gaps(sending, stream))
        pacers |= dict.fromkeys(group, pacer)
    return Pacers({signal: pacers[signal] for signal in events})


def largest_batch(sending: SendingConfig, signal: Signal) -> int | None:
    """Return the most events of a request that still lets the schedule be followed.

    That is what a burst may hold at the lowest rate, or at a hundredth of the highest where the
    rate goes lower; None without a schedule.
    """
    load = _load(sending, [signal])
    if load is None:
        return None
    rate = max(load.lowest, load.highest * _SMALLEST_PART_OF_HIGHEST)
    return max(1, int(rate * sending.rate_limit.burst_seconds))


def _sum(events: Mapping[Signal, int], signals: Iterable[Signal]) -> int:
    return sum(events[signal] for signal in signals)


def _gaps(sending: SendingConfig, seed: int) -> Iterator[float]:
    return poisson_gaps(seed) if sending.rate_limit.arrivals == "poisson" else even_gaps()


def _pacer(
    sending: SendingConfig,
    signals: Sequence[Signal],
    share: float,
    seed: int,
    gaps: Iterator[float],
) -> Pacer:
    """Return the pacer that these signals share, for a share of their events."""
    load = _load(sending, signals, share, seed) if share else None
    if load is None:
        return NoPacer()
    listener = load if isinstance(load, AdaptiveLoad) else None
    return SchedulePacer(load, sending.rate_limit.burst_seconds, gaps, listener)


def _load(
    sending: SendingConfig, signals: Sequence[Signal], share: float = 1.0, seed: int = 0
) -> LoadShape | None:
    """Return the load of signals that share one, or of one that has its own; None for no limit."""
    limit = sending.rate_limit
    own = limit.signals.get(signals[0]) if signals else None
    rate = limit.events_per_second if own is None else own
    if rate == ADAPTIVE:
        return AdaptiveLoad(Controller.of(limit.adaptive, share))
    load: LoadShape
    if own is None and sending.shape is not None:
        load = load_of(described(sending.shape), seed=seed)
    elif isinstance(rate, int | float) and rate > 0:
        load = ConstantLoad(rate)
    else:
        return None
    return load if share == 1 else ScaledLoad(load, share)
