"""Makes the pacer that a configuration asks for."""

from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.pace.pacer import ConstantLoad, NoPacer, Pacer, SchedulePacer


def make_pacer(sending: SendingConfig) -> Pacer:
    """Return the pacer of a run."""
    rate = sending.rate_limit.intended
    if rate is None:
        return NoPacer()
    return SchedulePacer(ConstantLoad(rate), sending.rate_limit.burst_seconds)
