"""Stamps blocks as OTLP/JSON: whole export requests as text, without encoding an event anew.

The values come from the stamper of bytes, so the two forms of a request cannot differ. See
`docs/adr/0008-stamp-text.md`.
"""

from telemetry_common.planning.cut import Block
from telemetry_common.planning.words import view_words
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.text.filling import fill
from telemetry_sender.text.texts import Texts


class JsonStamper:
    """Stamps blocks of one template as text; one stamp at a time."""

    def __init__(self, stamper: BlockStamper, texts: Texts) -> None:
        """Prepare to write what `stamper` stamps; `texts` are those of the same template."""
        self._stamper = stamper
        self._texts = texts

    def stamp(self, block: Block, pass_number: int, now: int) -> bytes:
        """Return the block as it is sent in this pass (from 0) at `now` (Unix nanoseconds): UTF-8.

        Raises TemplateError where the template holds bytes that are not protobuf.
        """
        stamped = self._stamper.stamp(block, pass_number, now)
        opened = self._texts.open(block, stamped)
        if fill(opened.words, opened.slots, view_words(stamped, len(stamped))):
            return bytes(opened.text)
        return self._texts.render(stamped)
