"""Proves that a template set is sound, or says what is wrong with it and where.

`validate_set` reads every byte of a set with the real protobuf classes. It shares no code with the
generator's model or encoders, and so finds their mistakes as well as damage to the files.
"""

from telemetry_generator.validation.findings import CheckedFile, Finding, Findings
from telemetry_generator.validation.kinds import Kind
from telemetry_generator.validation.validate_set import validate_set

__all__ = ["CheckedFile", "Finding", "Findings", "Kind", "validate_set"]
