"""The tables of messages are those of the protobuf files that the classes were made from."""

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.descriptor import FieldDescriptor as F

from otlp_samples import ID_WIDTHS, ROOTS
from telemetry_common.signals import Signal
from telemetry_sender.text.schema import MESSAGES, ONEOFS
from telemetry_sender.text.schema import ROOTS as NAMES

# Two messages of different files share this name.
LINKS = {
    "opentelemetry.proto.trace.v1.Span.Link": "SpanLink",
    "opentelemetry.proto.profiles.v1development.Link": "ProfileLink",
}
FORMS = {
    F.TYPE_STRING: "string",
    F.TYPE_BYTES: "bytes",
    F.TYPE_BOOL: "bool",
    F.TYPE_ENUM: "int32",
    F.TYPE_INT32: "int32",
    F.TYPE_UINT32: "uint32",
    F.TYPE_SINT32: "sint32",
    F.TYPE_INT64: "int64",
    F.TYPE_UINT64: "uint64",
    F.TYPE_FIXED32: "fixed32",
    F.TYPE_FIXED64: "fixed64",
    F.TYPE_SFIXED64: "sfixed64",
    F.TYPE_DOUBLE: "double",
}


def messages_below(descriptor: Any, seen: dict[str, Any]) -> dict[str, Any]:
    """Return a message type and all those that it may hold, by name."""
    name = LINKS.get(descriptor.full_name, descriptor.name)
    if name not in seen:
        seen[name] = descriptor
        for field in descriptor.fields:
            if field.message_type is not None:
                messages_below(field.message_type, seen)
    return seen


def all_messages() -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for root in ROOTS.values():
        messages_below(root.DESCRIPTOR, seen)
    return seen


def form_of(field: F) -> str:
    if field.message_type is not None:
        return LINKS.get(field.message_type.full_name, field.message_type.name)
    if field.name in ID_WIDTHS:
        return "id"
    if field.name.endswith("time_unix_nano") or field.name == "timestamps_unix_nano":
        assert field.type == F.TYPE_FIXED64
        return "time"
    return FORMS[field.type]


@pytest.mark.parametrize("name", sorted(all_messages()))
def test_every_field_has_its_json_name_and_its_form(name: str) -> None:
    fields = all_messages()[name].fields
    wanted = {f.number: (f.json_name, form_of(f), f.is_repeated) for f in fields}
    assert {number: tuple(field) for number, field in MESSAGES[name].items()} == wanted


def test_there_are_no_other_messages() -> None:
    assert set(MESSAGES) == set(all_messages())


def oneofs_of(descriptor: Any) -> Iterator[frozenset[int]]:
    """Yield the oneofs that are written as such, not those of optional fields."""
    for oneof in descriptor.oneofs:
        if len(oneof.fields) > 1:
            yield frozenset(field.number for field in oneof.fields)


def test_every_oneof_is_known() -> None:
    wanted = {name: set(oneofs_of(each)) for name, each in all_messages().items()}
    assert {name: {numbers} for name, numbers in ONEOFS.items()} == {
        name: each for name, each in wanted.items() if each
    }


@pytest.mark.parametrize("signal", list(Signal))
def test_a_file_is_the_message_that_it_is_parsed_as(signal: Signal) -> None:
    assert NAMES[signal] == ROOTS[signal].DESCRIPTOR.name
