"""What an event says under a key: itself, or else the resource that it comes from."""

from telemetry_sender.events.model import Event, Value


def attribute_of(event: Event, key: str) -> Value:
    """Return the attribute of an event, or else of its resource; None where neither has it."""
    own = event.attributes
    return own[key] if key in own else event.resource.attributes.get(key)
