"""Reads who says something: resources and scopes."""

from typing import NamedTuple

from telemetry_common.planning.wire import LENGTH
from telemetry_sender.events import scalars
from telemetry_sender.events.attributes import AttributeReader
from telemetry_sender.events.memo import Memo
from telemetry_sender.events.model import Resource, Scope
from telemetry_sender.events.scalars import Rows
from telemetry_sender.text.message_reader import MessageReader

_RESOURCE = MessageReader.of("Resource")
_SCOPE = MessageReader.of("InstrumentationScope")


class Origin(NamedTuple):
    """Where an event comes from."""

    resource: Resource
    scope: Scope


class OriginReader:
    """Reads resources and scopes; of equal bytes it makes one object.

    One that is left out says nothing, as an empty one does.
    """

    def __init__(self, attributes: AttributeReader) -> None:
        self._attributes = attributes
        self._resources = Memo(self._resource, len)
        self._scopes = Memo(self._scope, len)

    def resource(self, data: bytes, parts: Rows) -> Resource:
        """Return the resource of these parts. Raises WireError or IndexError."""
        return self._resources[scalars.joined(data, parts)]

    def scope(self, data: bytes, parts: Rows) -> Scope:
        """Return the scope of these parts. Raises WireError or IndexError."""
        return self._scopes[scalars.joined(data, parts)]

    def _resource(self, data: bytes) -> Resource:
        found = _RESOURCE.read(data, [(0, len(data), LENGTH)])
        return Resource(self._attributes.read(data, found.get(1)))

    def _scope(self, data: bytes) -> Scope:
        found = _SCOPE.read(data, [(0, len(data), LENGTH)])
        return Scope(
            name=scalars.text(data, found.get(1)),
            version=scalars.text(data, found.get(2)),
            attributes=self._attributes.read(data, found.get(3)),
        )
