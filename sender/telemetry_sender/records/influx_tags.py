"""Which attributes are tags: those that are asked for, as long as their values are few.

Every combination of tag values is a series of its own to InfluxDB, so a key with too many values
becomes a field, in all lines of the template.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from telemetry_common.template import Template
from telemetry_sender.events.model import Attributes, Resource, Scope, Value
from telemetry_sender.records.attribute_values import keys_beyond
from telemetry_sender.records.influx_names import Names
from telemetry_sender.records.influx_text import tag_text
from telemetry_sender.records.remembered import Remembered

Tags = Mapping[str, str]
"""Values of tags, not escaped, by their names."""

_OWN, _RESOURCE, _SCOPE = "attributes.", "resource.", "scope."
"""What a key is behind whose own name is taken."""


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
        self._resource = Remembered(self._resource_tags)

    def sort(self, resource: Resource, scope: Scope, attributes: Attributes) -> Sorted:
        """Return the tags and fields of an event; the resource's tags have their names first."""
        names = Names(self._fixed, self._resource(resource))
        tags, fields = dict(self._resource(resource)), {}
        for key, value in attributes.items():
            name = names.add(key, _OWN)
            if name and self._rules.is_tag(key):
                tags[name] = tag_text(value)
            elif name:
                fields[name] = value
        fields |= self._resource_fields(resource, names)
        if self._rules.has_resource_fields:
            fields |= _scope_fields(scope, names)
        return Sorted(tags, fields)

    def _resource_tags(self, resource: Resource) -> Tags:
        names = Names(self._fixed)
        found = {
            names.add(key, _RESOURCE): tag_text(value)
            for key, value in resource.attributes.items()
            if self._rules.is_tag(key)
        }
        return {name: text for name, text in found.items() if name}

    def _resource_fields(self, resource: Resource, names: Names) -> dict[str, Value]:
        found = {
            names.add(key, _RESOURCE): value
            for key, value in resource.attributes.items()
            if self._rules.is_resource_field(key)
        }
        return {name: value for name, value in found.items() if name}


def _scope_fields(scope: Scope, names: Names) -> dict[str, Value]:
    """Return the fields of a scope, under the names that OTLP has for them as attributes."""
    said = {"otel.scope.name": scope.name, "otel.scope.version": scope.version}
    found = {
        names.add(key, _SCOPE): value
        for key, value in (*said.items(), *scope.attributes.items())
        if value != ""
    }
    return {name: value for name, value in found.items() if name}
