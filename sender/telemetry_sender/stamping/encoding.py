"""Stamps blocks in the form that a sink takes: first the bytes, then what is made of them."""

from collections.abc import Mapping
from typing import Any

from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.sinks.base import Encoder, EncoderFactory, Encoding
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.text.json_encoder import JsonEncoder
from telemetry_sender.text.texts import Texts


class EncodingStamper:
    """Stamps blocks of one template, and has them encoded; one stamp at a time."""

    def __init__(self, stamper: BlockStamper, encoder: Encoder) -> None:
        self._stamper = stamper
        self._encoder = encoder

    def stamp(self, block: Block, pass_number: int, now: int) -> Any:
        """Return the block as it is sent in this pass (from 0) at `now` (Unix nanoseconds)."""
        stamped = self._stamper.stamp(block, pass_number, now)
        return self._encoder.encode(block, pass_number, stamped)


def make_encoder(encoding: Encoding | EncoderFactory, template: Template) -> Encoder | None:
    """Return what makes a sink's requests of stamped blocks; None where they are taken as is."""
    if encoding is Encoding.PROTOBUF:
        return None
    return JsonEncoder(Texts(template)) if isinstance(encoding, Encoding) else encoding(template)


def make_encoders(
    encoding: Encoding | EncoderFactory, templates: Mapping[Signal, Template]
) -> dict[Signal, Encoder]:
    """Return the encoders of all templates; empty where stamped blocks are taken as they are."""
    made = {signal: make_encoder(encoding, template) for signal, template in templates.items()}
    return {signal: encoder for signal, encoder in made.items() if encoder is not None}


def encoding_stampers(
    stampers: Mapping[Signal, BlockStamper], encoders: Mapping[Signal, Encoder]
) -> dict[Signal, BlockStamper]:
    """Return stampers that encode, where there is an encoder for the signal."""
    return {
        signal: EncodingStamper(stamper, encoders[signal]) if signal in encoders else stamper
        for signal, stamper in stampers.items()
    }
