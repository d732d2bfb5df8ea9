"""Makes the pacers that a configuration asks for."""

from collections.abc import Mapping

from telemetry_common.signals import Signal
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.pace.pacer import NoPacer, Pacer, SchedulePacer
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.pace.shape import ConstantLoad, ScaledLoad


def make_pacers(
    sending: SendingConfig,
    events: Mapping[Signal, int],
    *,
    seed: int,
    whole: Mapping[Signal, int] | None = None,
) -> Pacers:
    """Return the pacers of a process that sends so many `events` of each signal in a pass.

    The configured rates are those of all processes together, which send `whole` in a pass (by
    default, this one sends everything): each process gets the share of its events. `seed` is the
    run's; it decides what is random about a schedule.
    """
    del seed
    share = sum(events.values()) / sum((whole or events).values())
    return Pacers.shared(_pacer(sending, share), events)


def _pacer(sending: SendingConfig, share: float) -> Pacer:
    rate = sending.rate_limit.intended
    if rate is None or not share:
        return NoPacer()
    load = ConstantLoad(rate)
    return SchedulePacer(
        load if share == 1 else ScaledLoad(load, share), sending.rate_limit.burst_seconds
    )
