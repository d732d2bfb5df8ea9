"""Makes of stamped blocks the messages of a file: one a block, or more where that is too long."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import Block
from telemetry_common.template import Template
from telemetry_sender.otlp_files.first_time import first_time
from telemetry_sender.otlp_files.frames import Frame
from telemetry_sender.otlp_files.halves import halves, taken
from telemetry_sender.records.base import RecordBatch, Records


class RequestEncoder(Protocol):
    """Makes one request of a stamped block."""

    def prepare(self, block: Block) -> None:
        """Make ready ahead of a run what every pass of a block needs."""
        ...

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> bytes:
        """Return a block that was stamped for this pass as a request."""
        ...


class AsStamped:
    """Leaves requests as protobuf."""

    def prepare(self, block: Block) -> None:
        """Do nothing."""

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> bytes:  # noqa: ARG002
        """Return the stamped bytes."""
        return stamped


class MessageEncoder:
    """Makes the messages of one template, each of which is a record of the file."""

    def __init__(
        self,
        template: Template,
        requests: RequestEncoder,
        frame: Frame,
        most_bytes: int | None = None,
    ) -> None:
        """Prepare to write `requests` of this template in frames.

        Blocks are divided until no request takes more than `most_bytes` before it is framed.
        """
        self._template = template
        self._requests = requests
        self._frame = frame
        self._most_bytes = most_bytes
        self._halves: dict[tuple[int, int], tuple[Block, Block]] = {}

    def prepare(self, block: Block) -> None:
        """Make ready ahead of a run. Raises TemplateError as `encode` does."""
        self._requests.prepare(block)

    def encode(self, block: Block, pass_number: int, stamped: bytes) -> RecordBatch:
        """Return the messages of a stamped block.

        Raises TemplateError where the template holds bytes that are not protobuf, or one event is
        too long.
        """
        return RecordBatch(self._divided(block, pass_number, stamped))

    def _divided(self, block: Block, pass_number: int, stamped: bytes) -> Iterator[Records]:
        """Yield the messages of a block, none too long. A block remembers that it was."""
        key = (block.first, block.last)
        if key not in self._halves:
            request = self._requests.encode(block, pass_number, stamped)
            if self._most_bytes is None or len(request) <= self._most_bytes:
                yield self._record(block, stamped, request)
                return
            self._halves[key] = self._halved(block, len(request))
        for half in self._halves[key]:
            yield from self._divided(half, pass_number, taken(half, block, stamped))

    def _record(self, block: Block, stamped: bytes, request: bytes) -> Records:
        message = self._frame(request)
        return Records(
            stream=self._template.signal.value,
            data=message,
            ends=np.array([len(message)], np.int64),
            time=first_time(self._template.plan, block, stamped),
            events=block.events,
        )

    def _halved(self, block: Block, length: int) -> tuple[Block, Block]:
        if block.events > 1:
            return halves(self._template.plan, block)
        place = f"event {block.first} of the {self._template.signal.event_noun}"
        problem = f"{place} takes {length:,} bytes in a line, more than {self._most_bytes:,}"
        raise TemplateError(str(self._template.path), problem, "raise max_line")
