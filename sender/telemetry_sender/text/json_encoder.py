"""Makes OTLP/JSON of stamped blocks: whole export requests, without encoding an event anew.

The values come from the stamped bytes, so the two forms of a request cannot differ. See
`docs/adr/0008-stamp-text.md`.
"""

from telemetry_common.planning.cut import Block
from telemetry_common.planning.words import view_words
from telemetry_sender.text.filling import fill
from telemetry_sender.text.texts import Texts


class JsonEncoder:
    """Encodes blocks of one template; one at a time."""

    def __init__(self, texts: Texts, end: bytes = b"") -> None:
        """Prepare to fill in these texts of the template; `end` is put behind each."""
        self._texts = texts
        self._end = end

    def prepare(self, block: Block) -> None:
        """Render a block ahead of its first pass. Raises TemplateError as `encode` does."""
        self._texts.prepare(block)

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> bytes:  # noqa: ARG002
        """Return a stamped block as text, UTF-8.

        Raises TemplateError where the template holds bytes that are not protobuf.
        """
        opened = self._texts.open(block, stamped)
        if fill(opened.words, opened.slots, view_words(stamped, len(stamped))):
            return b"".join((opened.text, self._end))
        return self._texts.render(stamped) + self._end
