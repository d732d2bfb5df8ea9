"""Ctrl-C and SIGTERM end a command alike, and wait for nothing but a result being written."""

import os
import signal

import pytest

from telemetry_common.interrupts import (
    ENDING_SIGNALS,
    as_process,
    ignore_interrupts,
    terminate_like_interrupt,
    undisturbed,
)


@pytest.mark.parametrize("ctrl_c", [signal.default_int_handler, signal.SIG_IGN])
def test_sigterm_interrupts_in_the_foreground_and_in_the_background(
    ctrl_c: signal.Handlers,
) -> None:
    """A shell lets its background jobs ignore Ctrl-C; SIGTERM has to reach them all the same."""
    signal.signal(signal.SIGINT, ctrl_c)
    terminate_like_interrupt()
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)


def test_sigterm_goes_to_whoever_handles_ctrl_c_at_the_moment() -> None:
    handled: list[int] = []
    terminate_like_interrupt()
    signal.signal(signal.SIGINT, lambda number, _: handled.append(number))
    os.kill(os.getpid(), signal.SIGTERM)
    assert handled == [signal.SIGINT]


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_nothing_disturbs_the_block_and_afterwards_all_is_as_before(number: signal.Signals) -> None:
    handled: list[int] = []
    signal.signal(number, lambda got, _: handled.append(got))
    with undisturbed():
        os.kill(os.getpid(), number)
    assert handled == []
    os.kill(os.getpid(), number)
    assert handled == [number]


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_ignored_signals_stay_ignored(number: signal.Signals) -> None:
    ignore_interrupts()
    os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_IGN


def test_a_second_interrupt_while_the_first_is_reported_is_no_traceback() -> None:
    def interrupted() -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except KeyboardInterrupt:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    assert as_process(interrupted) == 130


@pytest.mark.parametrize("number", ENDING_SIGNALS)
def test_once_a_command_has_ended_nothing_spoils_its_exit_code(number: signal.Signals) -> None:
    code = as_process(lambda: 3)
    os.kill(os.getpid(), number)
    assert code == 3
