"""Shows what is in a template set: services and their calls, traces, metrics, logs, cardinality.

`inspect_set` reads any OTLP set and returns plain data; `terminal` and `html` show it. Nothing here
knows how a set is made.
"""

from telemetry_generator.inspection.inspect_set import inspect_set
from telemetry_generator.inspection.model import Inspection

__all__ = ["Inspection", "inspect_set"]
