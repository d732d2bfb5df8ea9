"""Sinks as the command line names them: `ndjson:directory=out,roll.size=512MB`."""

import json
import re
from collections.abc import Sequence
from typing import Any

from telemetry_common.config import Source, apply_overrides
from telemetry_common.errors import ConfigError, UsageError

_WHOLE = re.compile(r"""(?<==)(?:"[^"]*"|'[^']*')|\[[^\]]*\]|\{[^}]*\}""")
"""What a comma does not divide: quoted text, a list as in `csv:directory=out,columns=[a,b]`, a
section."""
_BEGINS_WITH_PLACEHOLDER = re.compile(r"(\w+)=(\{\w+\}.*)")
"""As in `name={stream}_{time}`, which YAML takes for a section."""


def sinks_override(specs: Sequence[str]) -> str:
    """Return as `--set` would have them the sinks that these specifications name.

    Each is `NAME` or `NAME:KEY=VALUE,KEY=VALUE`, with a dot between a section and its key, and
    values as in YAML. Raises UsageError for anything else.
    """
    return "sinks=" + json.dumps([_described(spec) for spec in specs])


def _described(spec: str) -> dict[str, Any]:
    name, separator, text = spec.partition(":")
    if not name or (separator and not text):
        problem = "has a colon and no options" if name else "names no sink"
        raise UsageError(f"--sink {spec}", problem, "write NAME or NAME:KEY=VALUE,…")
    return {"name": name, "options": _options(spec, text)} if text else {"name": name}


def _options(spec: str, text: str) -> dict[str, Any]:
    try:
        return dict(apply_overrides(Source("", {}, {}), list(map(_quoted, _split(text)))).values)
    except ConfigError as error:
        problem = f"{error.place.removeprefix('--set ')}: {error.problem}"
        raise UsageError(f"--sink {spec}", problem, "write NAME:KEY=VALUE,KEY=VALUE") from None


def _split(text: str) -> list[str]:
    """Split a text at the commas that divide options."""
    masked = _WHOLE.sub(lambda found: "-" * len(found[0]), text)
    ends = [*(comma.start() for comma in re.finditer(",", masked)), len(text)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _quoted(option: str) -> str:
    """Return an option whose value is text for YAML, too."""
    found = _BEGINS_WITH_PLACEHOLDER.fullmatch(option)
    return f"{found[1]}={json.dumps(found[2])}" if found else option
