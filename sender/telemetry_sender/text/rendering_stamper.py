"""Writes requests as OTLP/JSON that differ in more than the slots of a plan, or are sent once."""

from telemetry_common.planning.cut import Block
from telemetry_common.template import Template
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.text.renderer import Renderer
from telemetry_sender.text.texts import rendered


class RenderingStamper:
    """Renders every request anew, whatever another stamper makes; keeps nothing of them.

    That is some fifty times slower than `JsonStamper` from its second pass on. Stampers of one
    signal may share a renderer, which knows the attributes that have come before.
    """

    def __init__(
        self, template: Template, stamper: BlockStamper, renderer: Renderer | None = None
    ) -> None:
        """Prepare to write what `stamper` makes of blocks of this template."""
        self._template = template
        self._stamper = stamper
        self._renderer = renderer or Renderer(template.signal)

    def stamp(self, block: Block, pass_number: int, now: int) -> bytes:
        """Return the block as it is sent in this pass (from 0) at `now` (Unix nanoseconds): UTF-8.

        Raises TemplateError where the request is not protobuf.
        """
        request = self._stamper.stamp(block, pass_number, now)
        return rendered(self._template, self._renderer, request).text
