"""Requests of any kind of stamper can be written as text, each anew."""

from pathlib import Path
from typing import Any

import pytest

from core_support import COMMITTED, START, blocks_of, stampers_of
from json_requests import fields_of, read_request
from otlp_samples import ROOTS
from telemetry_common.planning.cut import Block, Limits
from telemetry_common.signals import Signal
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.encoding import EncodingStamper
from telemetry_sender.text.rendering_encoder import RenderingEncoder
from template_files import template_of


class Renamed:
    """Changes what no plan knows of: it doubles each schema URL, so that later bytes move."""

    def __init__(self, stamper: BlockStamper, signal: Signal) -> None:
        self._stamper = stamper
        self._signal = signal

    def stamp(self, block: Block, pass_number: int, now: int) -> bytes:
        request: Any = ROOTS[self._signal].FromString(self._stamper.stamp(block, pass_number, now))
        for resource in getattr(request, f"resource_{request_field(self._signal)}"):
            resource.schema_url *= 1 + pass_number
        changed: bytes = request.SerializeToString()
        return changed


def request_field(signal: Signal) -> str:
    return "spans" if signal is Signal.TRACES else str(signal)


@pytest.mark.parametrize("signal", list(Signal))
def test_what_was_changed_behind_the_stamper_is_in_the_text(signal: Signal, tmp_path: Path) -> None:
    data = {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in Signal}
    templates = template_of(tmp_path, data)
    template = templates[signal]
    texts = EncodingStamper(
        Renamed(stampers_of(templates)[signal], signal), RenderingEncoder(template)
    )
    stamper = Renamed(stampers_of(templates)[signal], signal)
    for pass_number in range(3):
        for block in blocks_of(template.plan, Limits(50, 1 << 22)):
            wanted = ROOTS[signal].FromString(stamper.stamp(block, pass_number, START))
            text = texts.stamp(block, pass_number, START)
            assert fields_of(read_request(signal, text)) == fields_of(wanted)
