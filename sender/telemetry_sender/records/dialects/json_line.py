"""Writes a record as a line with a JSON object, member by member."""

from collections.abc import Callable, Sequence

from telemetry_sender.events.model import Attributes, Spot, Value
from telemetry_sender.records.forms import Form
from telemetry_sender.records.json_text import member
from telemetry_sender.records.shared_texts import Shared
from telemetry_sender.records.writer import RecordWriter


class JsonLine:
    """One object on a line of its own; its members come in the order of the calls."""

    __slots__ = ("_out", "_text")

    def __init__(self, out: RecordWriter) -> None:
        """Begin the object in the record that `out` is at."""
        self._out = out
        self._text = "{"
        """What is the same in every pass, since the last field; a comma is behind each member."""

    def put(self, name: str, value: Value) -> None:
        """Add a member that is the same in every pass."""
        self._text += member(name, value)

    def put_attributes(self, name: str, attributes: Attributes) -> None:
        """Add attributes of an event, which may be such that are not read yet."""
        self._text += f'"{name}":{self._out.shared.attributes(attributes)},'

    def put_shared(self, make: Callable[[Shared], str], value: Shared) -> None:
        """Add the members that `make` writes of what many events have in common."""
        self._text += self._out.shared.of(make, value)

    def put_time(self, name: str, spot: Spot | None, form: Form) -> None:
        """Add a time as a string in this form; null where it is unknown."""
        if spot is None:
            self._text += f'"{name}":null,'
        else:
            self._put_spot(f'"{name}":"', spot, form, '",')

    def put_number(self, name: str, spot: Spot, form: Form) -> None:
        """Add a value that changes as a number in this form."""
        self._put_spot(f'"{name}":', spot, form, ",")

    def put_id(self, name: str, spot: Spot | None, form: Form) -> None:
        """Add an id in hexadecimal digits; null where there is none of this form, or only zeros."""
        if spot is None or not _is_id(spot, form):
            self._text += f'"{name}":null,'
        else:
            self._put_spot(f'"{name}":"', spot, form, '",')

    def put_counter(self, name: str, form: Form) -> None:
        """Add the number of the event."""
        self._out.put(f'{self._text}"{name}":'.encode())
        self._out.put_counter(form)
        self._text = ","

    def put_numbers(self, name: str, spots: Sequence[Spot], form: Form) -> None:
        """Add an array of values that change."""
        self._text += f'"{name}":['
        for spot in spots:
            self._put_spot("", spot, form, ",")
        self._close("]", has_comma=bool(spots))

    def open(self, name: str) -> None:
        """Begin an object within this one; what is added next is its members."""
        self._text += f'"{name}":{{'

    def close(self) -> None:
        """End the object within this one, which must not be empty."""
        self._close("}")

    def open_list(self, name: str) -> None:
        """Begin an array of objects, which must not be empty."""
        self._text += f'"{name}":['

    def element(self) -> None:
        """Begin the next object of an array; it ends by `close`."""
        self._text += "{"

    def close_list(self) -> None:
        """End an array of objects."""
        self._close("]")

    def end(self) -> None:
        """End the object and its line."""
        self._out.put(f"{self._text[:-1]}}}\n".encode())

    def _close(self, bracket: str, *, has_comma: bool = True) -> None:
        text = self._text[:-1] if has_comma else self._text
        self._text = f"{text}{bracket},"

    def _put_spot(self, before: str, spot: Spot, form: Form, behind: str) -> None:
        self._out.put(f"{self._text}{before}".encode())
        self._out.put_spot(spot, form)
        self._text = behind


def _is_id(spot: Spot, form: Form) -> bool:
    """Tell whether a value is an id with as many digits as the form; one of zeros is none."""
    value = spot.value
    return isinstance(value, bytes) and 2 * len(value) == form.width and any(value)
