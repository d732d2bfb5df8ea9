"""How faults and capacity are written, and what is said of those written wrong."""

import math
from pathlib import Path

import pytest

from telemetry_common.errors import ConfigError, UsageError
from telemetry_common.signals import Signal
from telemetry_sender.receiver.capacity import Limit, Mode, Unit
from telemetry_sender.receiver.faults.actions import Action, Delay, Refuse, RejectCount, Stall
from telemetry_sender.receiver.faults.options import (
    load_misbehaviour,
    parse_capacity,
    parse_fault,
)
from telemetry_sender.receiver.faults.when import When
from telemetry_sender.receiver.statuses import Code, Status

UNAVAILABLE = Status(Code.UNAVAILABLE, 503)


@pytest.mark.parametrize(
    ("text", "action", "when"),
    [
        ("delay=50ms", Delay(0.05, 0.05), When()),
        ("delay=0s..2s,probability=0.5", Delay(0.0, 2.0), When(probability=0.5)),
        ("unavailable", Refuse(UNAVAILABLE, None), When()),
        ("503,retry-after=2s", Refuse(UNAVAILABLE, 2.0), When()),
        ("Unavailable,retry-after=0s", Refuse(UNAVAILABLE, 0.0), When()),
        ("reject=5,signal=logs", RejectCount(5), When(signal=Signal.LOGS)),
        ("reject=5,nth=7,first=70", RejectCount(5), When(nth=7, first=70)),
        ("stall=1s,every=10s", Stall(), When(start=10.0, every=10.0, lasts=1.0)),
        ("stall=1s,from=4s", Stall(), When(start=4.0, lasts=1.0)),
        ("503,from=5s,to=8s", Refuse(UNAVAILABLE, None), When(start=5.0, end=8.0)),
        ("503, every=1m, for=10s", Refuse(UNAVAILABLE, None), When(start=60, every=60, lasts=10)),
    ],
)
def test_a_fault_says_what_and_when(text: str, action: Action, when: When) -> None:
    fault = parse_fault(text).built()
    assert (fault.action, fault.when) == (action, when)
    assert fault.name == text.partition(",")[0].partition("=")[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("unavailible", "no fault or status 'unavailible'; known: delay, stall"),
        ("200", "no fault or status '200'"),
        ("", "no fault or status ''"),
        ("delay", "delay needs a duration, for example delay=50ms"),
        ("delay=fast", "'fast' is not a duration"),
        ("delay=0s", "delay needs a duration above zero"),
        ("delay=2s..1s", "delay=2s..1s: the first duration is the longer one"),
        ("reject", "reject needs a number of events or a share"),
        ("reject=0", "reject needs a number of events or a share"),
        ("reject=101%", "reject needs a number of events or a share"),
        ("close=1s", "close takes no value"),
        ("503=1", "503 takes no value"),
        ("hang,retry-after=1s", "`retry_after` goes with a status only, not with hang"),
        ("hang,probability=2", "probability: input should be less than or equal to 1"),
        ("hang,nth=0", "nth: input should be greater than 0"),
        ("hang,nth=often", "nth: input should be a valid integer"),
        ("hang,signal=trace", "signal: "),
        ("hang,probabilty=0.1", "probabilty: unknown key; did you mean 'probability'?"),
        ("hang,nth", "'nth' is not KEY=VALUE; write for example nth=7"),
        ("hang,nth=2,nth=3", "'nth' is given twice; leave one out"),
        ("hang,every=10s", "`every` needs `for`: how long each window lasts"),
        ("hang,from=5s,to=5s", "`to` is not after `from`"),
        ("stall=1s", "a stall needs `every` or `from`"),
        ("stall=1s,every=1s", "a window as long as the time between two never ends"),
        ("stall=1s,every=10s,for=2s", "a stall lasts as long as its value says; leave out `for`"),
    ],
)
def test_a_fault_written_wrong_is_named(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_fault(text)
    assert str(refused.value).startswith(f"--fault {text}: ")
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("50000/s", Limit(50_000.0)),
        ("50000", Limit(50_000.0)),
        ("2.5/s,unit=requests,mode=refuse", Limit(2.5, Unit.REQUESTS, Mode.REFUSE)),
        ("1000/s,unit=bytes,burst=1s", Limit(1_000.0, Unit.BYTES, Mode.QUEUE, 1.0)),
    ],
)
def test_a_capacity_says_how_much_of_what(text: str, limit: Limit) -> None:
    assert parse_capacity(text).built() == limit


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fast", "rate: input should be a valid number (got 'fast')"),
        ("0/s", "rate: input should be greater than 0"),
        ("5/s,mode=drop", "mode: input should be 'queue' or 'refuse'"),
        ("5/s,unit=spans", "unit: input should be 'events', 'requests' or 'bytes'"),
    ],
)
def test_a_capacity_written_wrong_is_named(text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_capacity(text)
    assert problem in str(refused.value)


def test_a_file_says_the_same_and_the_options_come_on_top(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text(
        "faults:\n"
        "  - fault: 503\n    retry_after: 2s\n    nth: 10\n"
        "  - fault: delay\n    value: 10ms..80ms\n    from: 5s\n    to: 8s\n"
        "capacity:\n  rate: 100\n"
    )
    found = load_misbehaviour(file, ["hang,first=1"], None)
    options = ["503,retry-after=2s,nth=10", "delay=10ms..80ms,from=5s,to=8s", "hang,first=1"]
    assert found.faults == load_misbehaviour(None, options, None).faults
    assert found.limit == Limit(100.0)
    assert load_misbehaviour(file, [], "7/s").limit == Limit(7.0)


def test_an_error_in_a_file_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("faults:\n  - fault: hang\n    probability: 3\n")
    with pytest.raises(ConfigError) as refused:
        load_misbehaviour(file, [], None)
    assert str(refused.value).startswith(f"{file}:3: faults.0.probability: ")


def test_without_anything_nothing_happens_on_purpose() -> None:
    found = load_misbehaviour(None, [], None)
    assert (found.faults, found.limit) == ((), None)
    assert When().end == math.inf
