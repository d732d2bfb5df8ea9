"""Parts of a record, gathered before it is written: its length stands in front of it."""

from telemetry_sender.events.model import Spot
from telemetry_sender.records.forms import Form
from telemetry_sender.records.writer import RecordWriter


class Pieces:
    """Takes the parts of a record from left to right, as a RecordWriter does."""

    def __init__(self) -> None:
        self._parts: list[bytes | tuple[Spot | None, Form]] = []
        self._text: list[bytes] = []
        self.put = self._text.append
        """Adds what is the same in every pass."""

    def put_spot(self, spot: Spot, form: Form) -> None:
        """Add a value: as a field where it changes. Raises ValueError where it does not fit."""
        if spot.is_slot:
            self._add_field(spot, form)
        else:
            self.put(form.static(spot.value))

    def put_counter(self, form: Form) -> None:
        """Add the number that the event has in the whole run."""
        self._add_field(None, form)

    def static(self) -> bytes:
        """Return everything, which holds nothing that changes."""
        assert not self._parts
        return b"".join(self._text)

    def end(self) -> int:
        """End the record; return how many bytes it has."""
        self._end_text()
        return sum(len(part) if isinstance(part, bytes) else part[1].width for part in self._parts)

    def copy_to(self, writer: RecordWriter) -> None:
        """Write everything, once it has ended."""
        for part in self._parts:
            if isinstance(part, bytes):
                writer.put(part)
            elif part[0] is None:
                writer.put_counter(part[1])
            else:
                writer.put_spot(part[0], part[1])

    def _add_field(self, spot: Spot | None, form: Form) -> None:
        self._end_text()
        self._parts.append((spot, form))

    def _end_text(self) -> None:
        if self._text:
            self._parts.append(b"".join(self._text))
            self._text.clear()
