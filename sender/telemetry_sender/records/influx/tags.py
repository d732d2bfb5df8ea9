"""Which attributes are tags: those that are asked for, as long as their values are few.

Every combination of tag values is a series of its own to InfluxDB, so a key with too many values
becomes a field, in all lines of the template.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from telemetry_common.template import Template
from telemetry_sender.events.model import Attributes, Resource, Scope, Value
from telemetry_sender.records.influx.attribute_values import keys_beyond
from telemetry_sender.records.influx.names import Names
from telemetry_sender.records.influx.text import tag_text
from telemetry_sender.records.remembered import Remembered

Tags = Mapping[str, str]
"""Values of tags, not escaped, by their names."""

Items = Sequence[tuple[str, Value]]
"""Attributes that have no names in the line yet."""


@dataclass(frozen=True, slots=True)
class TagRules:
    """What becomes of the attributes of one template."""

    keys: frozenset[str] | None
    """Keys that are to be tags; None for all."""
    unbounded: frozenset[str]
    """Keys that have too many values, so they are fields instead."""
    has_resource_fields: bool
    """Whether all other attributes of resources and scopes are fields, or left out."""

    @classmethod
    def of(
        cls, template: Template, keys: Collection[str] | None, most: int, has_resource_fields: bool
    ) -> "TagRules":
        """Return the rules for a template. Raises TemplateError where it is not protobuf."""
        wanted = None if keys is None else frozenset(keys)
        return cls(wanted, keys_beyond(template, most), has_resource_fields)

    def is_tag(self, key: str) -> bool:
        """Whether an attribute of a resource or an event is a tag."""
        return key not in self.unbounded and (self.keys is None or key in self.keys)

    def is_resource_field(self, key: str) -> bool:
        """Whether an attribute of a resource is a field."""
        wanted = self.has_resource_fields or self.keys is None or key in self.keys
        return wanted and not self.is_tag(key)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The attributes of one event: those that are tags, and those that are fields."""

    tags: Tags
    fields: Mapping[str, Value]


class Sorter:
    """Sorts the attributes of the events of one stream; `fixed` names are those of the stream."""

    def __init__(self, rules: TagRules, fixed: frozenset[str]) -> None:
        self._rules = rules
        self._fixed = fixed
        self._resource_tags = Remembered(self._tags_of_resource)
        self._resource_fields = Remembered(self._fields_of_resource)
        self._scope_fields = Remembered(self._fields_of_scope)

    def sort(self, resource: Resource, scope: Scope, attributes: Attributes) -> Sorted:
        """Return the tags and fields of an event; its resource's tags have their names first."""
        resource_tags = self._resource_tags(resource)
        names = Names(self._fixed, resource_tags)
        is_tag, own = self._rules.is_tag, attributes.items()
        own_tags = [(key, tag_text(value)) for key, value in own if is_tag(key)]
        own_fields = [(key, value) for key, value in own if not is_tag(key)]
        return Sorted(
            tags=dict(resource_tags) | _named(names, own_tags, "attributes."),
            fields=_named(names, own_fields, "attributes.")
            | _named(names, self._resource_fields(resource), "resource.")
            | _named(names, self._scope_fields(scope), "scope."),
        )

    def _tags_of_resource(self, resource: Resource) -> Tags:
        said = resource.attributes.items()
        tags = [(key, tag_text(value)) for key, value in said if self._rules.is_tag(key)]
        return _named(Names(self._fixed), tags, "resource.")

    def _fields_of_resource(self, resource: Resource) -> Items:
        said = resource.attributes.items()
        return [(key, value) for key, value in said if self._rules.is_resource_field(key)]

    def _fields_of_scope(self, scope: Scope) -> Items:
        """Return the fields of a scope, under the names that OTLP has for them as attributes."""
        if not self._rules.has_resource_fields:
            return []
        said = {"otel.scope.name": scope.name, "otel.scope.version": scope.version}
        return [*((key, text) for key, text in said.items() if text), *scope.attributes.items()]


def _named(names: Names, items: Iterable[tuple[str, Any]], prefix: str) -> dict[str, Any]:
    """Return what has a name, by its name: behind the prefix where a key is taken."""
    found = ((names.add(key, prefix), value) for key, value in items)
    return {name: value for name, value in found if name}
