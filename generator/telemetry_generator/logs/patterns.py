"""Patterns of log messages: text with named places, and who writes it at which severity."""

import re
from dataclasses import dataclass
from string import Formatter

from telemetry_generator.logs.severity import Severity

TYPE_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
"""What a log type may be called."""

MOST_PARAMETERS = 8
"""Parameters that one pattern may have."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A message of one log type: `literals[0] + parameter 0 + literals[1] + …`."""

    type: str
    severity: Severity | None
    """None fits every severity."""
    source: str
    """The logger or program: the scope's name."""
    services: tuple[str, ...]
    """Parts of the names of the services that write it; empty for all."""
    event: str
    """The event's name, empty for an ordinary record."""
    literals: tuple[str, ...]
    parameters: tuple[str, ...]
    """Names of the parameters, one fewer than literals."""

    def fits(self, severity: Severity) -> bool:
        """Return whether a record of this severity may carry the message."""
        return self.severity is None or self.severity is severity

    def is_written_by(self, *names: str) -> bool:
        """Return whether a service with these names (its own, its kind) writes the message."""
        return not self.services or any(part in name for part in self.services for name in names)


def split_text(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the literals and the names of the parameters of a message.

    Raises ValueError for braces that do not match, or a place that is not a plain name.
    """
    literals, names = [""], list[str]()
    for literal, name, spec, conversion in Formatter().parse(text):
        literals[-1] += literal
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError("a place in braces holds the name of a parameter, as in {user_id}")
        names.append(name)
        literals.append("")
    if len(names) > MOST_PARAMETERS:
        raise ValueError(f"has {len(names)} parameters; at most {MOST_PARAMETERS} are possible")
    return tuple(literals), tuple(names)
