"""Stamps blocks as OTLP/JSON: whole export requests as text, without encoding an event anew.

The values come from the stamper of bytes, so the two forms of a request cannot differ. See
`docs/adr/0008-stamp-text.md`.
"""

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Block
from telemetry_common.planning.wire import WireError
from telemetry_common.planning.words import view_words
from telemetry_common.template import Template
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.text.filling import fill
from telemetry_sender.text.rendered import Rendered
from telemetry_sender.text.renderer import Renderer
from telemetry_sender.text.shelf import Shelf
from telemetry_sender.text.slot_offsets import slot_offsets


class JsonStamper:
    """Stamps blocks of one template as text; one stamp at a time."""

    def __init__(self, template: Template, stamper: BlockStamper) -> None:
        """Prepare to write what `stamper`, of the same template, stamps."""
        self._template = template
        self._stamper = stamper
        self._renderer = Renderer(template.signal)
        self._shelf = Shelf(template.path.parent)

    def stamp(self, block: Block, pass_number: int, now: int) -> bytes:
        """Return the block as it is sent in this pass (from 0) at `now` (Unix nanoseconds): UTF-8.

        Raises TemplateError where the template holds bytes that are not protobuf.
        """
        stamped = self._stamper.stamp(block, pass_number, now)
        key = (block.first, block.last)
        opened = self._shelf.open(key)
        if opened is None:
            slots = slot_offsets(self._template.plan, block)
            opened = self._shelf.put(key, self._rendered(stamped, slots))
        if fill(opened.words, opened.slots, view_words(stamped, len(stamped))):
            return bytes(opened.text)
        return self._rendered(stamped, frozenset()).text

    def _rendered(self, stamped: bytes, slots: frozenset[int]) -> Rendered:
        return rendered(self._template, self._renderer, stamped, slots)


def rendered(
    template: Template, renderer: Renderer, request: bytes, slots: frozenset[int]
) -> Rendered:
    """Render a request from a template. Raises TemplateError where it is not protobuf."""
    try:
        return renderer.render(request, slots)
    except WireError as error:
        problem = f"a request from it is not OTLP {template.signal}: {error.problem}"
        raise TemplateError(str(template.path), problem, "generate the set again") from None
