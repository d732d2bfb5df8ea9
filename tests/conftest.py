"""What holds for all tests: no deadlines for properties, and processes that Ctrl-C reaches."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("stampede", deadline=None)
settings.load_profile("stampede")

# A shell lets its background jobs ignore Ctrl-C, and the processes that tests start would inherit
# that. A handler of our own is not inherited: they start as in the foreground.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _signal_handlers_kept() -> Iterator[None]:
    """Take back what a command did to signals: its process would have ended."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
