"""The bytes of a block as the template has them."""

from telemetry_common.planning.cut import Block
from telemetry_common.template import Template


def block_bytes(template: Template, block: Block) -> bytes:
    """Put a block of this template together from its parts and literals."""
    pieces = [(part.at, template.data[part.start : part.end]) for part in block.parts]
    return b"".join(piece for _, piece in sorted([*pieces, *block.literals]))
