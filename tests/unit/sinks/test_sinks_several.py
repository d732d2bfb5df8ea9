"""Several sinks as one: each takes every request once, and what one refuses goes no further."""

from collections.abc import Sequence
from typing import Any

import pytest

from core_support import START, blocks_of
from replays import RecordingSink, committed_templates
from telemetry_common.errors import RunError
from telemetry_common.planning.cut import Block, Limits
from telemetry_common.signals import Signal
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.several import Payloads, SeveralSinks, leaf_sinks
from telemetry_sender.stamping.build import make_stampers
from telemetry_sender.stamping.encoding import make_encoders

BUSY = Delivery("UNAVAILABLE", retryable=True)


class Lengths:
    """An encoding of its own: the number of bytes as text."""

    def prepare(self, block: Block) -> None:
        """Do nothing."""

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> str:
        """Return also which block of which pass it was."""
        return f"{pass_number}/{block.index}: {len(stamped)}"


class Tracked(RecordingSink):
    """Knows whether it is open."""

    is_open = False

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self._fails = fails

    async def open(self) -> None:
        """Fail if told so."""
        if self._fails:
            raise RunError("there", "nobody", "wait")
        self.is_open = True

    async def close(self) -> None:
        """Be closed."""
        self.is_open = False


def answering(deliveries: Sequence[Delivery]) -> RecordingSink:
    return RecordingSink(answer=lambda number: deliveries[min(number, len(deliveries) - 1)])


async def written(sinks: Sequence[RecordingSink], times: int = 1) -> list[Delivery]:
    """Write the same payload so often, as retries do."""
    payload = Payloads([b"ab" * (place + 1) for place in range(len(sinks))])
    several = SeveralSinks(sinks)
    return [await several.write(Signal.LOGS, payload) for _ in range(times)]


def counts(sinks: Sequence[RecordingSink]) -> list[int]:
    return [len(each.requests) for each in sinks]


async def test_every_sink_gets_its_own_form() -> None:
    sinks = [RecordingSink(), RecordingSink()]
    (delivery,) = await written(sinks)
    assert delivery == Delivery(wire_bytes=6)
    assert [each.payloads(Signal.LOGS) for each in sinks] == [[b"ab"], [b"abab"]]


async def test_what_one_refuses_is_in_none_behind_it() -> None:
    sinks = [answering([Delivery("INVALID_ARGUMENT")]), RecordingSink()]
    (delivery,) = await written(sinks)
    assert delivery.code == "INVALID_ARGUMENT"
    assert counts(sinks) == [1, 0]


async def test_a_further_attempt_goes_on_where_the_last_one_ended() -> None:
    sinks = [RecordingSink(), answering([BUSY, BUSY, Delivery()]), RecordingSink()]
    deliveries = await written(sinks, times=3)
    assert [each.ok for each in deliveries] == [False, False, True]
    assert counts(sinks) == [1, 3, 1]
    assert deliveries[-1].wire_bytes == 2 + 4 + 6


async def test_partial_success_and_warnings_are_passed_on() -> None:
    sinks = [
        answering([Delivery(rejected=3, message="three too old")]),
        answering([Delivery(rejected=2, message="two too long", wire_bytes=1)]),
    ]
    assert await written(sinks) == [Delivery(rejected=3, message="three too old", wire_bytes=3)]


@pytest.mark.parametrize("place", [0, 1])
async def test_only_the_first_sink_has_requests_halved(place: int) -> None:
    """Halves would come a second time to a sink that has taken the whole."""
    sinks = [RecordingSink(), RecordingSink()]
    sinks[place] = answering([Delivery("RESOURCE_EXHAUSTED", too_large=True)])
    (delivery,) = await written(sinks)
    assert delivery.too_large is (place == 0)


async def test_all_are_opened_or_none_and_all_are_closed() -> None:
    first, second = Tracked(), Tracked()
    several = SeveralSinks([first, second])
    await several.open()
    assert first.is_open
    assert second.is_open
    await several.close()
    assert [first.is_open, second.is_open] == [False, False]
    with pytest.raises(RunError):
        await SeveralSinks([first, Tracked(fails=True)]).open()
    assert not first.is_open


def test_each_form_is_made_of_the_same_stamped_block() -> None:
    templates = committed_templates()
    encodings = (Encoding.PROTOBUF, lambda _: Lengths(), Encoding.JSON)
    several = SeveralSinks([RecordingSink(encoding=each) for each in encodings])
    assert len(leaf_sinks(several)) == 3
    encoders = make_encoders(several.encoding, templates)
    stampers = make_stampers(TimestampsConfig(), templates, 1, START, encoders)
    plain = make_stampers(TimestampsConfig(), templates, 1, START)
    for signal, template in templates.items():
        (block, *_) = blocks_of(template.plan, Limits(20, 1 << 22))
        payload: Any = stampers[signal].stamp(block, 2, START)
        request = plain[signal].stamp(block, 2, START)
        assert payload.forms[:2] == [request, f"2/{block.index}: {len(request)}"]
        assert payload.forms[2].startswith(b"{")
        assert len(payload) == sum(map(len, payload.forms))
