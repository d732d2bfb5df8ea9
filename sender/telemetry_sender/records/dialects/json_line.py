"""Writes a record as a line with a JSON object, member by member."""

from collections.abc import Sequence

from telemetry_sender.events.model import Spot, Value
from telemetry_sender.records.forms import Form
from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.writer import RecordWriter


class JsonLine:
    """One object on a line of its own; its members come in the order of the calls."""

    def __init__(self, out: RecordWriter) -> None:
        """Begin the object in the record that `out` is at."""
        self._out = out
        self._text = ""
        """What is the same in every pass, since the last field."""
        self._before = "{"

    def put(self, name: str, value: Value) -> None:
        """Add a member that is the same in every pass."""
        self._text += f'{self._before}"{name}":{json_text(value)}'
        self._before = ","

    def put_time(self, name: str, spot: Spot | None, form: Form) -> None:
        """Add a time as a string in this form; null where it is unknown."""
        if spot is None:
            self.put(name, None)
        else:
            self._put_quoted(name, spot, form)

    def put_number(self, name: str, spot: Spot, form: Form) -> None:
        """Add a value that changes as a number in this form."""
        self._name(name)
        self._put_spot(spot, form)

    def put_id(self, name: str, spot: Spot | None, form: Form) -> None:
        """Add an id in hexadecimal digits; null where there is none of this form, or only zeros."""
        if spot is None or not _is_id(spot, form):
            self.put(name, None)
        else:
            self._put_quoted(name, spot, form)

    def put_counter(self, name: str, form: Form) -> None:
        """Add the number of the event."""
        self._name(name)
        self._flush()
        self._out.put_counter(form)

    def put_numbers(self, name: str, spots: Sequence[Spot], form: Form) -> None:
        """Add an array of values that change."""
        self._name(name)
        before = "["
        for spot in spots:
            self._text += before
            self._put_spot(spot, form)
            before = ","
        self._text += "]" if spots else "[]"

    def open(self, name: str) -> None:
        """Begin an object within this one; what is added next is its members."""
        self._name(name)
        self._before = "{"

    def close(self) -> None:
        """End the object within this one, which must not be empty."""
        self._text += "}"
        self._before = ","

    def open_list(self, name: str) -> None:
        """Begin an array of objects, which must not be empty."""
        self._name(name)
        self._before = "["

    def element(self) -> None:
        """Begin the next object of an array; it ends by `close`."""
        self._text += self._before
        self._before = "{"

    def close_list(self) -> None:
        """End an array of objects."""
        self._text += "]"
        self._before = ","

    def end(self) -> None:
        """End the object and its line."""
        self._text += "}\n"
        self._flush()

    def _name(self, name: str) -> None:
        self._text += f'{self._before}"{name}":'
        self._before = ","

    def _put_quoted(self, name: str, spot: Spot, form: Form) -> None:
        self._text += f'{self._before}"{name}":"'
        self._put_spot(spot, form)
        self._text = '"'
        self._before = ","

    def _put_spot(self, spot: Spot, form: Form) -> None:
        self._flush()
        self._out.put_spot(spot, form)

    def _flush(self) -> None:
        self._out.put(self._text.encode())
        self._text = ""


def _is_id(spot: Spot, form: Form) -> bool:
    """Tell whether a value is an id with as many digits as the form; one of zeros is none."""
    value = spot.value
    return isinstance(value, bytes) and 2 * len(value) == form.width and any(value)
