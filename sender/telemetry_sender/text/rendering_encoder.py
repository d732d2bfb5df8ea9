"""Writes requests as OTLP/JSON that differ in more than the slots of a plan, or are sent once."""

from telemetry_common.planning.cut import Block
from telemetry_common.template import Template
from telemetry_sender.text.renderer import Renderer
from telemetry_sender.text.texts import rendered


class RenderingEncoder:
    """Renders every request anew; keeps nothing of them.

    That is some fifty times slower than `JsonEncoder` from its second pass on. Encoders of one
    signal may share a renderer, which knows the attributes that have come before.
    """

    def __init__(self, template: Template, renderer: Renderer | None = None) -> None:
        """Prepare to write what is made of blocks of this template."""
        self._template = template
        self._renderer = renderer or Renderer(template.signal)

    def prepare(self, block: Block) -> None:
        """Do nothing: no text is kept."""

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> bytes:  # noqa: ARG002
        """Return a request as text, UTF-8. Raises TemplateError where it is not protobuf."""
        return rendered(self._template, self._renderer, stamped).text
