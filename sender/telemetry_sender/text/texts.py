"""The texts of a template's blocks: rendered once, kept for all passes."""

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Block
from telemetry_common.planning.wire import WireError
from telemetry_common.template import Template
from telemetry_sender.text.block_bytes import block_bytes
from telemetry_sender.text.rendered import Rendered
from telemetry_sender.text.renderer import Renderer
from telemetry_sender.text.shelf import Opened, Shelf
from telemetry_sender.text.slot_offsets import slot_offsets


class Texts:
    """Renders the blocks of one template and keeps them."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._renderer = Renderer(template.signal)
        self._shelf = Shelf(template.path.parent)

    def prepare(self, block: Block) -> None:
        """Render a block ahead of its first pass. Raises TemplateError as `open` does."""
        self._put(block, block_bytes(self._template, block))

    def open(self, block: Block, request: bytes) -> Opened:
        """Return the text of a block, which is rendered from `request` if it was not prepared.

        A copy to fill in, gone with the next one. Raises TemplateError where the template holds
        bytes that are not protobuf.
        """
        return self._shelf.open((block.first, block.last)) or self._put(block, request)

    def render(self, request: bytes) -> bytes:
        """Return a request as text, as it is. Raises TemplateError where it is not protobuf."""
        return rendered(self._template, self._renderer, request).text

    def _put(self, block: Block, request: bytes) -> Opened:
        slots = slot_offsets(self._template.plan, block)
        made = rendered(self._template, self._renderer, request, slots)
        return self._shelf.put((block.first, block.last), made)


def rendered(
    template: Template, renderer: Renderer, request: bytes, slots: frozenset[int] = frozenset()
) -> Rendered:
    """Render a request from a template. Raises TemplateError where it is not protobuf."""
    try:
        return renderer.render(request, slots)
    except WireError as error:
        problem = f"a request from it is not OTLP {template.signal}: {error.problem}"
        raise TemplateError(str(template.path), problem, "generate the set again") from None
