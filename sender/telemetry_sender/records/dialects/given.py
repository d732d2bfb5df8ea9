"""What an event gives for a member of a record: None where it gives nothing, as nothing is made up.

The keys that are asked for are those of https://opentelemetry.io/docs/specs/semconv/.
"""

from telemetry_sender.events.model import Attributes, Value


def first_of(attributes: Attributes, *keys: str) -> Value:
    """Return the value of the first of these keys that is there."""
    return next((attributes[key] for key in keys if key in attributes), None)
