"""A run with a size ends close to it, however late files say what they have written."""

from hypothesis import given
from hypothesis import strategies as st

from core_support import examples
from telemetry_common.signals import Signal
from telemetry_sender.sending.volume import Volume

TRACES, LOGS = Signal.TRACES, Signal.LOGS


def test_without_a_size_there_is_always_room() -> None:
    volume = Volume(0, {})
    volume.took(TRACES, 5, 1 << 60)
    assert volume.room(TRACES) == float("inf")


def test_estimates_hold_until_bytes_have_come_out() -> None:
    volume = Volume(1000, {TRACES: 10.0, LOGS: 5.0})
    assert (volume.room(TRACES), volume.room(LOGS)) == (100, 200)
    volume.took(TRACES, 20, 0)
    assert (volume.room(TRACES), volume.room(LOGS)) == (80, 160)
    volume.took(TRACES, 20, 200)
    assert volume.room(LOGS) == 160
    assert volume.room(TRACES) == 160


def test_what_is_under_way_has_its_room() -> None:
    volume = Volume(1000, {TRACES: 10.0, LOGS: 5.0})
    volume.begin(TRACES, 60)
    assert (volume.room(TRACES), volume.room(LOGS)) == (40, 80)
    volume.took(TRACES, 60, 300)
    volume.end(TRACES, 60)
    assert (volume.room(TRACES), volume.room(LOGS)) == (140, 140)
    volume.begin(LOGS, 140)
    volume.end(LOGS, 140)
    assert volume.room(LOGS) == 140


@examples(30)
@given(
    size=st.integers(10_000, 1_000_000),
    true=st.floats(1, 20),
    guess=st.floats(0.5, 2),
    block=st.integers(1, 50),
    gathered=st.integers(1, 8),
)
def test_the_end_is_within_an_event_of_the_size_as_soon_as_it_is_known_how_large_they_are(
    size: int, true: float, guess: float, block: int, gathered: int
) -> None:
    """Blocks come out of a file in groups, and the last ones when it is complete."""
    volume = Volume(size, {TRACES: true * guess})
    events = out = 0
    for number in range(1, 1_000_000):
        taken = min(block, int(volume.room(TRACES)))
        if not taken:
            break
        events += taken
        written = int(events * true) - out if number % gathered == 0 else 0
        out += written
        volume.took(TRACES, taken, written)
    assert events * true > size * 0.98 - 20 * block * gathered
    assert events * true < size * 1.02 + 20 * block * gathered
