"""What holds for all tests: no deadlines for properties, and processes that Ctrl-C reaches."""

import signal

from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("stampede", deadline=None)
settings.load_profile("stampede")

# A shell lets its background jobs ignore Ctrl-C, and the processes that tests start would inherit
# that. A handler of our own is not inherited: they start as in the foreground.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
