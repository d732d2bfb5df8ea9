"""How much longer a template is as text, so that requests can be cut to keep their limit."""

import numpy as np

from telemetry_common.planning.cut import cut_events
from telemetry_common.template import Template
from telemetry_sender.text.block_bytes import block_bytes
from telemetry_sender.text.renderer import Renderer
from telemetry_sender.text.slot_offsets import slot_offsets
from telemetry_sender.text.texts import rendered

_SAMPLES = 32
_RUN = 64
"""Events of a longer request, which may grow more than what surrounds them."""
_MARGIN = 1.05


def text_growth(template: Template) -> float:
    """Return by what factor requests of a template may grow as OTLP/JSON, at least 1.

    It is the largest of some events spread over the file, each a request of its own and together
    with those that follow, and a little more. A request of many events grows by the mean of
    theirs, so the largest is a bound in practice: only a file whose longest texts are few and
    close together may exceed it.
    Raises TemplateError where the template holds bytes that are not protobuf.
    """
    events = template.plan.events
    chosen = np.unique(np.linspace(0, events - 1, _SAMPLES, dtype=np.int64)).tolist()
    runs = [(first, min(first + count, events)) for first in chosen for count in (1, _RUN)]
    renderer = Renderer(template.signal)
    return max(1.0, *(_MARGIN * _growth(template, renderer, *run) for run in runs))


def _growth(template: Template, renderer: Renderer, first: int, last: int) -> float:
    block = cut_events(template.plan, 0, first, last)
    slots = slot_offsets(template.plan, block)
    return len(rendered(template, renderer, block_bytes(template, block), slots).text) / block.size
