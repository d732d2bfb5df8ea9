"""Streams are sent as text too: each segment says what its bytes say."""

import asyncio

from core_support import COMMITTED, START
from json_requests import fields_of, read_request
from otlp_samples import ROOTS
from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.streaming.segment import SegmentOpener
from telemetry_sender.streaming.segment_feed import SegmentFeed
from telemetry_sender.streaming.sources import FileSource

FILES = {signal: COMMITTED / f"small-{signal}.pb" for signal in Signal}
CONFIG = make_config(sending={"batch_size": {"traces": 3, "metrics": 40, "logs": 25}})


async def test_every_segment_of_a_stream_says_as_text_what_its_bytes_say() -> None:
    texts, requests = await sent(Encoding.JSON), await sent(Encoding.PROTOBUF)
    assert texts.keys() == requests.keys()
    for signal in Signal:
        assert len(texts[signal]) == len(requests[signal]) > 1
        for text, request in zip(texts[signal], requests[signal], strict=True):
            wanted = ROOTS[signal].FromString(request)
            assert fields_of(read_request(signal, text)) == fields_of(wanted)


async def sent(encoding: Encoding) -> dict[Signal, list[bytes]]:
    """Return all requests of two passes, with a worker for each signal."""
    opener = SegmentOpener(CONFIG, 1, START, encoding)
    feed = SegmentFeed(opener.opened(FileSource(FILES), 2), list(FILES))
    payloads: dict[Signal, list[bytes]] = {signal: [] for signal in FILES}

    async def work(signal: Signal) -> None:
        while await feed.turn(signal):
            ticket = feed.take(signal)
            assert ticket is not None
            segment = feed.segment(ticket.pass_number)
            stamper = segment.stampers[signal]
            payloads[signal].append(stamper.stamp(ticket.block, segment.pass_number, START))
            feed.done(ticket)

    await asyncio.gather(*map(work, FILES))
    return payloads
