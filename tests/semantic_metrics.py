"""Metrics as the OpenTelemetry semantic conventions define them, for comparison with ours."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

_INSTRUMENT = re.compile(r"^Instrument: (\w+)$", re.MULTILINE)
_UNIT = re.compile(r"^Unit: (.*)$", re.MULTILINE)


class Convention(NamedTuple):
    """What the conventions say about a metric."""

    instrument: str
    unit: str


@cache
def convention_metrics() -> dict[str, Convention]:
    """Return every current metric in the package `opentelemetry-semantic-conventions`.

    The files are read, not imported, because they need the API package besides.
    """
    spec = find_spec("opentelemetry.semconv")
    assert spec is not None, "pip install --pre opentelemetry-semantic-conventions"
    assert spec.origin is not None
    root = Path(spec.origin).parent
    files = [*root.glob("_incubating/metrics/*.py"), *root.glob("metrics/*.py")]
    return {name: convention for file in files for name, convention in _metrics(file)}


def _metrics(file: Path) -> Iterator[tuple[str, Convention]]:
    """Yield the constants whose docstring describes an instrument."""
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for node, following in pairwise(body):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.value, ast.Constant):
            continue
        text = following.value if isinstance(following, ast.Expr) else None
        described = str(text.value) if isinstance(text, ast.Constant) else ""
        instrument, unit = _INSTRUMENT.search(described), _UNIT.search(described)
        if instrument and unit:
            yield str(node.value.value), Convention(instrument[1], unit[1].strip())
